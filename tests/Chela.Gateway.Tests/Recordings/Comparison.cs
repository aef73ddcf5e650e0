using System.Text.Json;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Recordings;

/// <summary>What a connection heard in a replay beside what it heard in the recording.</summary>
/// <param name="recording">The recording.</param>
/// <param name="replay">The replay, after its end.</param>
/// <param name="methods">The methods that this gateway has.</param>
internal sealed class Comparison(Recording recording, Replay replay, IReadOnlySet<string> methods)
{
    /// <summary>The differences.</summary>
    public IEnumerable<Difference> Of(string connection)
    {
        var frames = replay.HeardOn(connection).ToLookup(frame => FrameKind.Of(frame, replay.Methods));
        var recorded = recording.Heard[connection];
        return OfKinds(recorded, frames)
            .Concat(OfOrder([.. recorded.Select(frame => frame.Kind)], [.. frames.Select(group => group.Key)]))
            .Concat(OfShapes(recorded, frames))
            .Concat(OfClose(connection))
            .Select(found => new Difference(recording.Name, found.Kind, found.What));
    }

    private IEnumerable<(string Kind, string What)> OfKinds(IReadOnlyList<HeardFrame> recorded, ILookup<string, JsonElement> frames) =>
        recorded.Where(frame => IsExpected(frame.Kind) && !frames.Contains(frame.Kind)).Select(frame => (frame.Kind, Replay.NotHeard))
            .Concat(frames.Select(group => group.Key).Except(recorded.Select(frame => frame.Kind)).Where(FrameKind.HasPlace).Select(kind => (kind, "was heard")));

    /// <summary>Of a method that this gateway has not come no events either.</summary>
    private bool IsExpected(string kind) => kind.StartsWith("answer ", StringComparison.Ordinal)
        || (FrameKind.HasPlace(kind) && replay.Methods.Values.All(methods.Contains));

    private static IEnumerable<(string Kind, string What)> OfOrder(string[] recorded, string[] heard)
    {
        var (expected, actual) = (Common(recorded, heard), Common(heard, recorded));
        if (!expected.SequenceEqual(actual))
        {
            yield return ("order", $"{string.Join(", ", actual)}; not: {string.Join(", ", expected)}");
        }
    }

    private static string[] Common(string[] kinds, string[] others)
    {
        string[] common = [.. kinds.Where(FrameKind.HasPlace).Intersect(others)];
        for (var i = 1; i < common.Length; i++)
        {
            // Steps of both kinds that waited for a slow reader were merged, and stand where the last of their kind came.
            if (common[i - 1] == "chat delta" && common[i] == "agent assistant")
            {
                (common[i - 1], common[i]) = (common[i], common[i - 1]);
            }
        }

        return common;
    }

    private IEnumerable<(string Kind, string What)> OfShapes(IReadOnlyList<HeardFrame> recorded, ILookup<string, JsonElement> frames) =>
        from expected in recorded
        where expected.Shape is not null
        from frame in frames[expected.Kind]
        from difference in OfFrame(expected, frame)
        select (expected.Kind, difference);

    /// <summary>A method that this gateway has not is unknown, or forbidden to those who are no administrators; it never makes up a result.</summary>
    private IEnumerable<string> OfFrame(HeardFrame expected, JsonElement frame)
    {
        if (frame.Text("type") == "res" && replay.Methods.TryGetValue(frame.Text("id")!, out var method) && !methods.Contains(method))
        {
            return (frame.Text("error/code"), frame.Text("error/message")) is ("INVALID_REQUEST", var unknown) && unknown == $"unknown method: {method}"
                || (frame.Text("error/code"), frame.Text("error/message")) is ("FORBIDDEN", "missing scope: operator.admin")
                ? []
                : [$"answered a method that is not listed: {frame}"];
        }

        return ShapeComparison.Differences(expected.Shape!.Value, frame);
    }

    private IEnumerable<(string Kind, string What)> OfClose(string connection)
    {
        if (recording.Closed.TryGetValue(connection, out var expected)
            && replay.Closed.TryGetValue(connection, out var actual)
            && actual != expected)
        {
            yield return ("close", $"{actual.Code} '{actual.Reason}', not {expected.Code} '{expected.Reason}'");
        }
    }
}
