using System.Globalization;

namespace Chela.Gateway.Channels.Feishu;

/// <summary>Puts together events that come in several frames. Only a few can be on their way at once: a further one takes the place of the oldest.</summary>
internal sealed class FeishuParts
{
    /// <summary>The most events that are on their way at once, the most frames of one, and its most bytes.</summary>
    public const int MaxEvents = 8, MaxFrames = 64, MaxBytes = 2 * 1024 * 1024;

    private readonly List<(string Id, ReadOnlyMemory<byte>?[] Frames)> _events = [];

    /// <summary>The whole event, where this frame is its last; else null.</summary>
    public ReadOnlyMemory<byte>? Add(FeishuFrame frame)
    {
        var (sum, seq) = (Number(frame, "sum"), Number(frame, "seq"));
        if (sum <= 1)
        {
            return frame.Payload;
        }

        if (sum > MaxFrames || seq >= sum)
        {
            return null;
        }

        var id = frame.Header("message_id");
        var at = _events.FindIndex(known => known.Id == id && known.Frames.Length == sum);
        var frames = at < 0 ? Begin(id, sum) : _events[at].Frames;
        frames[seq] = frame.Payload;
        var bytes = frames.Sum(part => part?.Length ?? 0);
        if (bytes <= MaxBytes && frames.Contains(null))
        {
            return null;
        }

        _events.RemoveAll(known => known.Frames == frames);
        if (bytes > MaxBytes)
        {
            return null;
        }

        return frames.SelectMany(part => part!.Value.ToArray()).ToArray();
    }

    private ReadOnlyMemory<byte>?[] Begin(string id, int sum)
    {
        if (_events.Count == MaxEvents)
        {
            _events.RemoveAt(0);
        }

        var frames = new ReadOnlyMemory<byte>?[sum];
        _events.Add((id, frames));
        return frames;
    }

    private static int Number(FeishuFrame frame, string header) =>
        int.TryParse(frame.Header(header), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
