<?php

namespace App\Providers;

use Illuminate\Foundation\Support\Providers\RouteServiceProvider as ServiceProvider;
use Illuminate\Support\Facades\Route;

class RouteServiceProvider extends ServiceProvider
{
    public function boot(): void
    {
        // what does not look like an id of ours is no path of ours
        Route::pattern('todo', '[1-9][0-9]{0,17}');

        $this->routes(static fn () => Route::middleware('api')->group(base_path('routes/api.php')));
    }
}
