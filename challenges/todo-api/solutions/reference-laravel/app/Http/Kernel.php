<?php

namespace App\Http;

use App\Http\Middleware\RequireJsonObject;
use Illuminate\Foundation\Http\Kernel as HttpKernel;
use Illuminate\Routing\Middleware\SubstituteBindings;

class Kernel extends HttpKernel
{
    /** Nothing that trims strings or turns empty ones into null: what a client sends is what it means. */
    protected $middleware = [];

    protected $middlewareGroups = [
        'api' => [RequireJsonObject::class, SubstituteBindings::class],
    ];
}
