<?php

use Illuminate\Database\Migrations\Migration;
use Illuminate\Database\Schema\Blueprint;
use Illuminate\Support\Facades\DB;
use Illuminate\Support\Facades\Schema;

return new class extends Migration
{
    /** SQLite changes its journal outside of transactions only. */
    public $withinTransaction = false;

    public function up(): void
    {
        // readers do not wait for a writer; survives a killed process, and is never corrupt
        DB::statement('PRAGMA journal_mode = WAL');
        Schema::create('todos', static function (Blueprint $table): void {
            $table->id(); // with AUTOINCREMENT, so that no id is given out again
            $table->text('title');
            $table->text('notes');
            $table->boolean('done');
            $table->text('due')->nullable();
        });
    }

    public function down(): void
    {
        Schema::drop('todos');
    }
};
