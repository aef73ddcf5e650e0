using System.Text.Json;

namespace Chela.Gateway.Logs.Audit;

/// <summary>What was found.</summary>
/// <param name="Rows">The latest first.</param>
/// <param name="IsDamaged">True where a file cannot be read, or not to its end: there may have been more.</param>
internal sealed record AuditPage(IReadOnlyList<AuditRow> Rows, bool IsDamaged);

/// <summary>Which entries of the audit somebody wants to see.</summary>
internal sealed record AuditQuery(int Limit)
{
    /// <summary>Only those from then on, Unix milliseconds.</summary>
    public long? AfterMs { get; init; }

    /// <summary>Only those until then.</summary>
    public long? BeforeMs { get; init; }

    /// <summary>Only those before this number: where the last answer ended.</summary>
    public long? Cursor { get; init; }

    /// <summary>What else must hold.</summary>
    public Func<AuditRow, bool> Fits { get; init; } = _ => true;

    /// <summary>The latest entries that fit; one more than the limit where there are more.</summary>
    public async Task<AuditPage> RunAsync(IEnumerable<IAsyncEnumerable<AuditRow>> parts)
    {
        var found = new List<AuditRow>();
        var isDamaged = false;
        foreach (var part in parts)
        {
            var search = new Search(this, Limit + 1 - found.Count);
            isDamaged |= !await search.TryReadAsync(part);
            found.AddRange(search.Latest.Reverse());
            if (found.Count > Limit || search.IsOld)
            {
                break;
            }
        }

        return new AuditPage(found, isDamaged);
    }

    private bool Wants(AuditRow row) =>
        (Cursor is null || row.Sequence < Cursor) && !(row.AtMs < AfterMs) && !(row.AtMs > BeforeMs) && Fits(row);

    /// <summary>Looks through one journal, from its first entry to its last.</summary>
    private sealed class Search(AuditQuery query, int most)
    {
        public Queue<AuditRow> Latest { get; } = new();

        /// <summary>True where it begins before what is wanted: so do all before it.</summary>
        public bool IsOld { get; private set; }

        /// <summary>False where it cannot be read to its end.</summary>
        public async Task<bool> TryReadAsync(IAsyncEnumerable<AuditRow> part)
        {
            try
            {
                await foreach (var row in part)
                {
                    Look(row);
                }

                return true;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
            {
                return false;
            }
        }

        private void Look(AuditRow row)
        {
            IsOld |= row.AtMs < query.AfterMs;
            if (query.Wants(row))
            {
                Latest.Enqueue(row);
                if (Latest.Count > most)
                {
                    Latest.Dequeue();
                }
            }
        }
    }
}
