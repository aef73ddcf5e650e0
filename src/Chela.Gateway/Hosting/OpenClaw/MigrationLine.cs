namespace Chela.Gateway.Hosting.OpenClaw;

/// <summary>What became of a part of a foreign installation.</summary>
public enum MigrationOutcome
{
    /// <summary>It was taken over.</summary>
    Taken,

    /// <summary>It was there already.</summary>
    Present,

    /// <summary>It was left behind.</summary>
    Left,
}

/// <summary>One thing that was looked at.</summary>
/// <param name="Outcome">What became of it.</param>
/// <param name="Subject">A dotted key, a folder, a session; never a value.</param>
/// <param name="Remark">What it is now, or why it was left.</param>
public sealed record MigrationLine(MigrationOutcome Outcome, string Subject, string? Remark = null);

/// <summary>Collects what became of each thing.</summary>
internal sealed class MigrationLog
{
    private readonly List<MigrationLine> _lines = [];
    private readonly List<MigrationLine> _shapes = [];

    public IReadOnlyList<MigrationLine> Lines => _lines;

    public void Taken(string subject, string? remark = null) => _lines.Add(new MigrationLine(MigrationOutcome.Taken, subject, remark));

    public void Present(string subject, string? remark = null) => _lines.Add(new MigrationLine(MigrationOutcome.Present, subject, remark));

    public void Left(string subject, string why) => _lines.Add(new MigrationLine(MigrationOutcome.Left, subject, why));

    /// <summary>A setting that has another shape here; what becomes of it is known when that is known of all settings.</summary>
    public void Shaped(string subject, string remark) => _shapes.Add(new MigrationLine(MigrationOutcome.Taken, subject, remark));

    /// <summary>Says what became of the settings.</summary>
    public void Settle(MigrationOutcome outcome, IEnumerable<string> keys)
    {
        _lines.AddRange(_shapes.Select(line => line with { Outcome = outcome }));
        _lines.AddRange(keys.Select(key => new MigrationLine(outcome, key)));
    }
}
