namespace Chela.Gateway.Telemetry.Audit;

/// <summary>
/// Where it is written down who did what. Who it was need not be said: that is the work under way (<see cref="IWorkScope"/>), as on lines of the
/// log. Nothing here throws: what the disk refuses stands in the log instead.
/// </summary>
internal interface IAuditTrail
{
    /// <summary>Returns when the entry is on disk: before the deed is acknowledged.</summary>
    Task WriteAsync(AuditEntry entry);

    /// <summary>Writes an entry for which nobody waits; it is on disk with the next one for which somebody does.</summary>
    void Note(AuditEntry entry);

    /// <summary>The same for what was refused or went wrong, which anybody can bring about as often as they like: so many in a minute, then they are counted.</summary>
    void NoteRefusal(AuditEntry entry);
}

/// <summary>A deed. Names, ids and keys alone: never what was said, and no secret.</summary>
/// <param name="Action">What was done, as <c>area.deed</c>; for calls the name of the method.</param>
internal sealed record AuditEntry(string Action)
{
    public const string Done = "done", Refused = "refused", Failed = "failed", Cancelled = "cancelled", Started = "started";

    /// <summary>How it went: one of the constants.</summary>
    public string Outcome { get; init; } = Done;

    /// <summary>What is known besides, for example <c>deviceId</c>.</summary>
    public IReadOnlyDictionary<string, string>? Facts { get; init; }
}
