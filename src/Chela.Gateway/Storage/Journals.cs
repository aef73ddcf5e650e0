using Microsoft.Extensions.Logging;

namespace Chela.Gateway.Storage;

/// <summary>Opens the journals of a process, all on the same commit threads, and reports what had to be mended.</summary>
internal sealed partial class Journals(JournalCommitter committer, JournalOptions options, ILogger<Journals> logger)
{
    /// <summary>Opens a journal; see <see cref="Journal.Open"/>.</summary>
    /// <exception cref="JournalCorruptException">It is damaged in its middle.</exception>
    public Journal Open(string directory, string name)
    {
        var journal = Journal.Open(directory, name, committer, options);
        if (journal.Repair is { } repair)
        {
            Log.Mended(logger, repair.File, repair.BytesCut, repair.Offset, repair.Reason, repair.SavedAs);
        }

        return journal;
    }

    private static partial class Log
    {
        [LoggerMessage(1500, LogLevel.Warning, "The end of {File} was torn: {Bytes} bytes were cut off at {Offset} ({Reason}) and kept in {SavedAs}")]
        public static partial void Mended(ILogger logger, string file, long bytes, long offset, string reason, string savedAs);
    }
}
