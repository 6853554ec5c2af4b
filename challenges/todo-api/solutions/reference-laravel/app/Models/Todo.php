<?php

namespace App\Models;

use Illuminate\Database\Eloquent\Builder;
use Illuminate\Database\Eloquent\Model;

class Todo extends Model
{
    public const array ORDERS = ['id' => 'id', '-id' => 'id desc', 'due' => 'due is null, due, id'];

    public $timestamps = false;

    protected $fillable = ['title', 'notes', 'done', 'due'];

    protected $attributes = ['notes' => '', 'done' => false, 'due' => null];

    protected $casts = ['done' => 'boolean'];

    /** Those that match; lower() of SQLite folds A to Z only, which is what we promise, and instr() knows no wildcards. */
    public function scopeMatching(Builder $query, ?bool $done, string $text): void
    {
        $query
            ->when($done !== null, static fn (Builder $query) => $query->where('done', $done))
            ->whereRaw('instr(lower(title), lower(?)) > 0', [$text]);
    }
}
