<?php

declare(strict_types=1);

namespace TodoApi;

/** The values that a to-do and a list query may have. Nothing here knows HTTP or the database. */
final class Rules
{
    private const array FIELDS = ['title', 'notes', 'done', 'due'];
    private const array DEFAULTS = ['notes' => '', 'done' => false, 'due' => null];
    private const array PARAMETERS = ['done' => null, 'q' => '', 'sort' => 'id', 'limit' => 20, 'offset' => 0];

    /**
     * All fields of a to-do but its id, for creating and replacing.
     *
     * @param array<string, mixed> $values
     * @return array<string, mixed>
     */
    public static function whole(array $values): array
    {
        // null is no title, so that an absent one is refused
        return self::accept([...self::DEFAULTS, 'title' => null, ...$values], self::FIELDS, self::field(...));
    }

    /**
     * The fields that were sent.
     *
     * @param array<string, mixed> $values
     * @return array<string, mixed>
     */
    public static function changes(array $values): array
    {
        return self::accept($values, self::FIELDS, self::field(...));
    }

    /**
     * All parameters of a list.
     *
     * @param array<string, mixed> $values
     * @return array<string, mixed>
     */
    public static function query(array $values): array
    {
        return self::accept($values, array_keys(self::PARAMETERS), self::parameter(...)) + self::PARAMETERS;
    }

    /**
     * Returns the values of these names that were sent, as their rule keeps them; others are left out.
     *
     * @param array<string, mixed> $values
     * @param list<string> $names
     * @param callable(string, mixed): mixed $rule throws DomainException with what is wrong
     * @return array<string, mixed>
     * @throws Problem that tells of every value that is not allowed
     */
    private static function accept(array $values, array $names, callable $rule): array
    {
        $accepted = $problems = [];
        foreach (array_intersect($names, array_keys($values)) as $name) {
            try {
                $accepted[$name] = $rule($name, $values[$name]);
            } catch (\DomainException $refusal) {
                $problems[$name] = $refusal->getMessage();
            }
        }
        return $problems === [] ? $accepted : throw Problem::invalid($problems);
    }

    private static function field(string $name, mixed $value): string|bool|null
    {
        return match ($name) {
            'title' => self::title($value),
            'notes' => self::text($value, 2000),
            'done' => is_bool($value) ? $value : throw new \DomainException('must be true or false'),
            'due' => self::due($value),
        };
    }

    private static function parameter(string $name, mixed $value): string|bool|int
    {
        return match ($name) {
            'done' => self::oneOf($value, ['true', 'false']) === 'true',
            'q' => self::text($value, PHP_INT_MAX),
            'sort' => self::oneOf($value, ['id', '-id', 'due']),
            'limit' => self::integer($value, 1, 100),
            'offset' => self::integer($value, 0, PHP_INT_MAX),
        };
    }

    private static function text(mixed $value, int $length): string
    {
        if (!is_string($value)) {
            throw new \DomainException('must be a string');
        }
        if (mb_strlen($value) > $length) {
            throw new \DomainException("must have at most $length characters");
        }
        return $value;
    }

    private static function title(mixed $value): string
    {
        $title = self::text(is_string($value) ? mb_trim($value) : $value, 200);
        return $title !== '' ? $title : throw new \DomainException('must not be blank');
    }

    private static function due(mixed $value): ?string
    {
        if ($value === null) {
            return null;
        }
        if (
            is_string($value)
            && preg_match('/^(\d{4})-(\d{2})-(\d{2})$/D', $value, $match)
            && checkdate((int) $match[2], (int) $match[3], (int) $match[1])
        ) {
            return $value;
        }
        throw new \DomainException('must be null or a date that exists, written YYYY-MM-DD');
    }

    private static function integer(mixed $value, int $least, int $most): int
    {
        // what does not fit into an integer becomes the largest one, beyond which nothing is stored
        $number = is_string($value) && preg_match('/^[0-9]+$/D', $value) ? (int) min($value, PHP_INT_MAX) : -1;
        return $number >= $least && $number <= $most ? $number : throw new \DomainException('is out of range');
    }

    /** @param list<string> $choices */
    private static function oneOf(mixed $value, array $choices): string
    {
        return in_array($value, $choices, true)
            ? $value
            : throw new \DomainException('must be one of: ' . implode(', ', $choices));
    }
}
