package todo;

/** A to-do as it is stored and answered; {@code due} is null or a date, written YYYY-MM-DD. */
public record Todo(long id, String title, String notes, boolean done, String due) {}
