using Microsoft.Win32.SafeHandles;

namespace Chela.Gateway.Storage;

/// <summary>Writes the segment that will stand for a whole journal, beside it and under a temporary name.</summary>
internal sealed class JournalReplacement(JournalOptions options)
{
    private const int BufferSize = 64 * 1024;

    /// <summary>Gives the extent of a journal that consists of this segment. When it throws, the temporary file is gone again.</summary>
    public JournalExtent Write(JournalPath path, int number, IEnumerable<ReadOnlyMemory<byte>> records)
    {
        var temporary = path.Temporary(number);
        try
        {
            PrivateFolder.Create(path.Directory);
            options.Step?.Invoke(StorageSteps.ReplaceWriting);
            using var handle = PrivateFile.CreateTemporary(temporary);
            var (bytes, count) = WriteAll(handle, records);
            RandomAccess.FlushToDisk(handle);
            return new JournalExtent(number, number, bytes, bytes, count);
        }
        catch (Exception e)
        {
            // Whatever it was, the caller's sequence included: the journal itself has not been touched.
            DeleteIfThere(temporary);
            throw new JournalWriteException($"The journal {path.Name} was not replaced: {e.Message}", e);
        }
    }

    private (long Bytes, long Count) WriteAll(SafeFileHandle handle, IEnumerable<ReadOnlyMemory<byte>> records)
    {
        var buffer = new JournalBuffer();
        long bytes = 0;
        long count = 0;
        try
        {
            foreach (var record in records)
            {
                JournalLine.Require(record.Span, options.RecordBytes);
                buffer.Add(record.Span);
                count++;
                if (buffer.Length >= BufferSize)
                {
                    bytes = Flush(handle, buffer, bytes);
                }
            }

            return (Flush(handle, buffer, bytes), count);
        }
        finally
        {
            buffer.Release();
        }
    }

    private static long Flush(SafeFileHandle handle, JournalBuffer buffer, long offset)
    {
        RandomAccess.Write(handle, buffer.Lines, offset);
        offset += buffer.Length;
        buffer.Clear();
        return offset;
    }

    private static void DeleteIfThere(string file)
    {
        // File.Delete objects when the directory is what could not be made.
        if (File.Exists(file))
        {
            File.Delete(file);
        }
    }
}
