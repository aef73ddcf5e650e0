using System.IO.Enumeration;
using Chela.Gateway.Tests.Architecture;

namespace Chela.Gateway.Tests.Recordings;

/// <summary>Where this gateway differs on purpose: the lines of <c>differences.txt</c>.</summary>
internal static class KnownDifferences
{
    private static readonly Lazy<IReadOnlyList<KnownDifference>> Loaded = new(Read);

    public static IReadOnlyList<KnownDifference> All => Loaded.Value;

    /// <summary>True when a line of the file covers the difference.</summary>
    public static bool Cover(Difference difference) => All.Any(known => known.Covers(difference));

    private static KnownDifference[] Read() =>
    [
        .. from line in File.ReadLines(Path.Combine(Repository.Root, "tests", "Chela.Gateway.Tests", "Recordings", "differences.txt"))
           where line.Length > 0 && line[0] != '#'
           from known in Parse(line)
           select known,
    ];

    /// <summary>A line; each of its parts may name several things at once: <c>- payload.{a, b}</c>.</summary>
    private static IEnumerable<KnownDifference> Parse(string line)
    {
        if (line.Split('|', 4, StringSplitOptions.TrimEntries) is not [var recording, var kind, var what, var reason])
        {
            throw new FormatException($"differences.txt: expected recording | kind | difference | reason, but found: {line}");
        }

        return from one in Alternatives(recording)
               from two in Alternatives(kind)
               from three in Alternatives(what)
               select new KnownDifference(one, two, three, reason);
    }

    private static IEnumerable<string> Alternatives(string text) => text.Split('{', '}') is [var before, var names, var after]
        ? names.Split(',', StringSplitOptions.TrimEntries).Select(name => before + name + after)
        : [text];
}

/// <summary>Something that a client of this gateway hears otherwise than it would elsewhere.</summary>
/// <param name="Recording">The name of the recording.</param>
/// <param name="Kind">The kind of frame; <c>order</c> and <c>close</c> stand for the whole connection.</param>
/// <param name="What">What differs.</param>
internal sealed record Difference(string Recording, string Kind, string What)
{
    public override string ToString() => $"{Recording} | {Kind} | {What} | ";
}

/// <summary>One line of the file, in whose first three parts <c>*</c> stands for anything.</summary>
internal sealed record KnownDifference(string Recording, string Kind, string What, string Reason)
{
    public bool Covers(Difference difference) =>
        Matches(Recording, difference.Recording) && Matches(Kind, difference.Kind) && Matches(What, difference.What);

    /// <summary>True when there is a recording, and in it a frame, that the line can be about.</summary>
    public bool IsAbout(Recording recording) => Matches(Recording, recording.Name)
        && (Kind is "order" or "close" || What == "was heard" || recording.Heard.Values.Any(frames => frames.Any(frame => Matches(Kind, frame.Kind))));

    private static bool Matches(string pattern, string text) => FileSystemName.MatchesSimpleExpression(pattern, text, ignoreCase: false);
}
