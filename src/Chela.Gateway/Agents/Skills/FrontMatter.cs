using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Chela.Gateway.Agents.Skills;

/// <summary>
/// The YAML between two lines of <c>---</c> at the head of a file, as values under their paths. It may come from anywhere: its length, depth and
/// number of values are bounded, and references to other parts of it are refused.
/// </summary>
internal sealed class FrontMatter
{
    /// <summary>The most of a file that is looked at.</summary>
    public const int MaxChars = 16_384;

    private const int MaxDepth = 16;
    private const string Fence = "---";

    private readonly Dictionary<string, List<string>> _values = new(StringComparer.Ordinal);

    private FrontMatter()
    {
    }

    /// <summary>Reads it.</summary>
    /// <param name="text">The beginning of the file.</param>
    /// <param name="problem">Why there is none.</param>
    /// <returns>Null where there is none, or none that can be read.</returns>
    public static FrontMatter? Read(string text, out string problem)
    {
        if (Between(text) is not { } yaml)
        {
            problem = $"does not begin with a front matter between two lines of {Fence}, of at most {MaxChars} characters";
            return null;
        }

        try
        {
            var matter = new FrontMatter();
            problem = matter.TryFill(new Parser(new StringReader(yaml))) ? "" : $"has references, or more than {MaxDepth} levels, in its front matter";
            return problem.Length == 0 ? matter : null;
        }
        catch (YamlException)
        {
            problem = "has a front matter that is no YAML";
            return null;
        }
    }

    /// <summary>The value at a path such as <c>metadata.openclaw.emoji</c>; null where there is none.</summary>
    public string? Value(string path) => Values(path) is [var value, ..] ? value : null;

    /// <summary>The values of a list at a path, or the one value there.</summary>
    public IReadOnlyList<string> Values(string path) => _values.GetValueOrDefault(path) ?? [];

    private static string? Between(string text)
    {
        var lines = text.TrimStart('\uFEFF').Split('\n');
        var end = lines[0].TrimEnd() == Fence ? Array.FindIndex(lines, 1, line => line.TrimEnd() == Fence) : -1;
        return end < 0 ? null : string.Join('\n', lines[1..end]);
    }

    /// <summary>Goes through the text without calling itself, so that no depth of it is too much; false where it is refused.</summary>
    private bool TryFill(Parser parser)
    {
        var open = new Stack<Level>();
        while (parser.MoveNext())
        {
            switch (parser.Current)
            {
                case AnchorAlias:
                case MappingStart or SequenceStart when open.Count == MaxDepth:
                    return false;
                case MappingStart or SequenceStart:
                    open.Push(new Level(PathIn(open), parser.Current is MappingStart));
                    break;
                case MappingEnd or SequenceEnd:
                    open.Pop();
                    open.TryPeek(out var above);
                    above?.End();
                    break;
                case Scalar scalar:
                    Take(open, scalar.Value);
                    break;
            }
        }

        return true;
    }

    private void Take(Stack<Level> open, string value)
    {
        if (!open.TryPeek(out var level))
        {
            return; // a text alone says nothing
        }

        if (level is { IsMapping: true, Key: null })
        {
            level.Key = value;
            return;
        }

        var path = PathIn(open);
        if (!_values.TryGetValue(path, out var values))
        {
            _values.Add(path, values = []);
        }

        values.Add(value);
        level.End();
    }

    private static string PathIn(Stack<Level> open) => !open.TryPeek(out var level) ? ""
        : level.Key is not { } key ? level.Path
        : level.Path.Length == 0 ? key
        : $"{level.Path}.{key}";

    /// <summary>A mapping or a list that has begun and not ended.</summary>
    private sealed class Level(string path, bool isMapping)
    {
        public string Path => path;

        public bool IsMapping => isMapping;

        /// <summary>The key whose value comes next; null where a key comes next, and in lists.</summary>
        public string? Key { get; set; }

        /// <summary>A value has ended.</summary>
        public void End() => Key = null;
    }
}
