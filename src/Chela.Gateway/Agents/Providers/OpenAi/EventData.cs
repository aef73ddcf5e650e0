using System.Buffers;
using System.IO.Pipelines;

namespace Chela.Gateway.Agents.Providers.OpenAi;

/// <summary>
/// Reads the data lines of a server-sent event stream, one per event as this protocol sends them. Comments and other fields
/// are skipped. At most one line is held in memory.
/// </summary>
internal sealed class EventData(Stream stream, int longestLine = EventData.LongestLine) : IDisposable
{
    /// <summary>No chunk of an honest server comes near this.</summary>
    public const int LongestLine = 1024 * 1024;

    private readonly PipeReader _reader = PipeReader.Create(stream, new StreamPipeReaderOptions(leaveOpen: true));

    /// <summary>The data of the next event; null at the end of the stream.</summary>
    /// <exception cref="InvalidDataException">A line is longer than the limit.</exception>
    public async Task<byte[]?> NextAsync(CancellationToken ct)
    {
        while (true)
        {
            var result = await _reader.ReadAsync(ct);
            var buffer = result.Buffer;
            while (TakeLine(ref buffer, result.IsCompleted, out var line))
            {
                if (TakeData(line, out var data))
                {
                    _reader.AdvanceTo(buffer.Start);
                    return data;
                }
            }

            if (result.IsCompleted)
            {
                _reader.AdvanceTo(buffer.End);
                return null;
            }

            if (buffer.Length > longestLine)
            {
                throw new InvalidDataException("A line of the event stream is too long.");
            }

            _reader.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    public void Dispose() => _reader.Complete();

    private static bool TakeLine(ref ReadOnlySequence<byte> buffer, bool last, out ReadOnlySequence<byte> line)
    {
        if (buffer.PositionOf((byte)'\n') is { } end)
        {
            line = buffer.Slice(0, end);
            buffer = buffer.Slice(buffer.GetPosition(1, end));
            return true;
        }

        // A last line without its line break is what a cut leaves behind, except that some servers end so on purpose.
        line = last && IsDone(buffer) ? buffer : default;
        buffer = last ? buffer.Slice(buffer.End) : buffer;
        return !line.IsEmpty;
    }

    private static bool IsDone(ReadOnlySequence<byte> line) =>
        line.Length < 32 && TakeData(line, out var data) && data.AsSpan().SequenceEqual("[DONE]"u8);

    private static bool TakeData(ReadOnlySequence<byte> line, out byte[] data)
    {
        var reader = new SequenceReader<byte>(line);
        if (!reader.IsNext("data:"u8, advancePast: true))
        {
            data = [];
            return false;
        }

        var text = reader.UnreadSequence.ToArray().AsMemory().Trim(" \r"u8);
        data = text.ToArray();
        return data.Length > 0;
    }
}
