<?php

namespace App\Rules;

use Closure;
use Illuminate\Contracts\Validation\ValidationRule;

/** null, or a date that exists, written YYYY-MM-DD. */
class CalendarDate implements ValidationRule
{
    /** Empty texts and null are looked at, too. */
    public bool $implicit = true;

    public function validate(string $attribute, mixed $value, Closure $fail): void
    {
        $written = is_string($value) && preg_match('/^(\d{4})-(\d{2})-(\d{2})$/D', $value, $part);
        if ($value !== null && !($written && checkdate((int) $part[2], (int) $part[3], (int) $part[1]))) {
            $fail('must be null or a date that exists, written YYYY-MM-DD');
        }
    }
}
