namespace Chela.Gateway.Storage;

/// <summary>A record in the middle of a journal is damaged or a segment is missing; the files were left as they are.</summary>
internal sealed class JournalCorruptException(string file, long offset, string reason)
    : IOException($"The journal {file} is damaged at byte {offset}: {reason}. Nothing was changed.")
{
    public string File { get; } = file;

    public long Offset { get; } = offset;

    public string Reason { get; } = reason;
}

/// <summary>
/// Records did not reach the disk: none of the batch they were in is in the journal. Where even that could not be brought about,
/// the journal refuses everything until it is opened anew.
/// </summary>
internal class JournalWriteException(string message, Exception? inner = null) : IOException(message, inner);

/// <summary>So much waits for the disk that a record which nobody waits for is refused.</summary>
internal sealed class JournalFullException(string message) : JournalWriteException(message);
