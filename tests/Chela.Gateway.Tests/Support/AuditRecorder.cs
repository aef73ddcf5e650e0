using System.Collections.Concurrent;
using Chela.Gateway.Telemetry.Audit;

namespace Chela.Gateway.Tests.Support;

/// <summary>An audit in memory.</summary>
internal sealed class AuditRecorder : IAuditTrail
{
    private readonly ConcurrentQueue<AuditEntry> _entries = new();

    public IReadOnlyList<AuditEntry> Entries => [.. _entries];

    public Task WriteAsync(AuditEntry entry)
    {
        Note(entry);
        return Task.CompletedTask;
    }

    public void Note(AuditEntry entry) => _entries.Enqueue(entry);

    public void NoteRefusal(AuditEntry entry) => Note(entry);
}
