using System.Text.Json;
using Chela.Gateway.Tests.Architecture;

namespace Chela.Gateway.Tests.Recordings;

/// <summary>What a client did with another gateway of this protocol, and what it heard. Made by <c>derive.mjs</c>, which says how.</summary>
/// <param name="Name">The generation and the recording, for example <c>v4/chat</c>.</param>
/// <param name="Steps">What the client does and waits for, in order.</param>
/// <param name="Heard">For each connection the kinds of frames that it heard, in the order in which the first of each came.</param>
/// <param name="Closed">Code and reason of the connections that the gateway ended.</param>
internal sealed record Recording(
    string Name,
    IReadOnlyList<JsonElement> Steps,
    IReadOnlyDictionary<string, IReadOnlyList<HeardFrame>> Heard,
    IReadOnlyDictionary<string, (int Code, string Reason)> Closed)
{
    private static string Folder => Path.Combine(Repository.Root, "tests", "Chela.Gateway.Tests", "Recordings");

    /// <summary>The names of all recordings of a generation.</summary>
    public static IEnumerable<string> NamesOf(string generation) =>
        Directory.EnumerateFiles(Path.Combine(Folder, generation), "*.json")
            .Select(path => $"{generation}/{Path.GetFileNameWithoutExtension(path)}")
            .Order(StringComparer.Ordinal);

    public static Recording Load(string name)
    {
        var file = JsonElement.Parse(File.ReadAllText(Path.Combine(Folder, $"{name}.json")));
        return new Recording(
            name,
            [.. file.GetProperty("steps").EnumerateArray()],
            file.GetProperty("heard").EnumerateObject().ToDictionary(
                connection => connection.Name,
                connection => (IReadOnlyList<HeardFrame>)[.. connection.Value.EnumerateArray().Select(HeardFrame.Read)]),
            file.GetProperty("closed").EnumerateObject().ToDictionary(
                connection => connection.Name,
                connection => (connection.Value[0].GetInt32(), connection.Value[1].GetString()!)));
    }
}

/// <summary>A kind of frame and the shape that it had.</summary>
/// <param name="Kind">See <see cref="FrameKind"/>.</param>
/// <param name="Shape">The shape; null when the frame was too long to be kept.</param>
internal sealed record HeardFrame(string Kind, JsonElement? Shape)
{
    public static HeardFrame Read(JsonElement item) => new(
        item.GetProperty("kind").GetString()!,
        item.TryGetProperty("shape", out var shape) ? shape : null);
}
