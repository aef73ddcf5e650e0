using System.Text.Json;
using System.Text.Json.Nodes;

namespace Chela.Gateway.Config.Includes;

/// <summary>
/// Puts into a configuration what it includes: <c>{ "$include": "./channels.json" }</c>, or a list of paths, at any object. Several files are
/// laid over each other in order, the settings beside the key over all of them (06-config § 4). Reads no file itself.
/// </summary>
/// <param name="configPath">The full path of the configuration.</param>
/// <param name="files">What was read.</param>
/// <param name="problems">Gets what is wrong.</param>
internal sealed class IncludeExpansion(string configPath, IncludedFiles files, List<ConfigProblem> problems)
{
    public const string Key = "$include";

    /// <summary>How deep files may include files.</summary>
    public const int MaxDepth = 10;

    private const int MaxPath = 4096;

    /// <summary>No more is read into one configuration, however often its files name each other.</summary>
    private const int MaxFiles = 256;
    private const int MaxBytes = 4 * ConfigText.MaxBytes;

    private readonly HashSet<string> _missing = new(StringComparer.Ordinal);
    private int _files;
    private long _bytes;

    /// <summary>The files that are named and were not read.</summary>
    public IReadOnlySet<string> Missing => _missing;

    /// <summary>The settings of all files, each with its place in its own.</summary>
    public LayerValues Expand(LayerValues main)
    {
        if (!Includes(main.Values))
        {
            return main;
        }

        var root = Node(main.Values, "", new Source(main, configPath, [RealPathOfConfig()]));
        return main with { Values = root.ToJson()!.AsObject(), Place = (pointer, ofName) => root.Place([.. ConfigPointer.ToSegments(pointer)], ofName) };
    }

    /// <summary>True where a value includes a file, however deep.</summary>
    public static bool Includes(JsonNode? value) => value switch
    {
        JsonObject settings => settings.ContainsKey(Key) || settings.Any(setting => Includes(setting.Value)),
        JsonArray list => list.Any(Includes),
        _ => false,
    };

    /// <summary>The full path of a file that another one names.</summary>
    public static string PathFrom(string including, string name) => Path.GetFullPath(name, Path.GetDirectoryName(including)!);

    private string RealPathOfConfig()
    {
        try
        {
            return RealPath.Of(configPath);
        }
        catch (IOException)
        {
            return configPath;
        }
    }

    private PlacedNode Node(JsonNode? value, string pointer, Source source) => value switch
    {
        JsonObject settings when settings.ContainsKey(Key) => Included(settings, pointer, source),
        JsonObject settings => Object(settings, pointer, source),
        JsonArray list => PlacedNode.List(list.Select((item, place) => Node(item, ConfigPointer.Child(pointer, place), source)), source.Values, pointer),
        _ => PlacedNode.Leaf(value, source.Values, pointer),
    };

    private PlacedNode Object(IEnumerable<KeyValuePair<string, JsonNode?>> settings, string pointer, Source source) => PlacedNode.Object(
        settings.Select(setting => KeyValuePair.Create(setting.Key, Node(setting.Value, ConfigPointer.Child(pointer, setting.Key), source))), source.Values, pointer);

    private PlacedNode Included(JsonObject settings, string pointer, Source source)
    {
        var at = ConfigPointer.Child(pointer, Key);
        var all = settings[Key] is JsonArray list
            ? list.Select((name, place) => File(name, pointer, ConfigPointer.Child(at, place), source))
            : [File(settings[Key], pointer, at, source)];
        var merged = all.Aggregate(PlacedNode.Object([], source.Values, pointer), (below, over) => below.With(over));
        return merged.With(Object(settings.Where(setting => setting.Key != Key), pointer, source));
    }

    private PlacedNode File(JsonNode? name, string pointer, string at, Source source)
    {
        var empty = PlacedNode.Object([], source.Values, pointer);
        if (Usable(name, at, source) is not { } file)
        {
            return empty;
        }

        (_files, _bytes) = (_files + 1, _bytes + file.Content!.Length);
        if (_files > MaxFiles || _bytes > MaxBytes)
        {
            Refuse(at, source, $"is too much: {MaxFiles} files and {MaxBytes} bytes are included at most");
            return empty;
        }

        var values = new ConfigText(file.Name, file.Content, pointer).Read(problems);
        return Node(values.Values, pointer, new Source(values, PathFrom(source.Path, name!.GetValue<string>()), [.. source.Chain, file.RealPath]));
    }

    private IncludedFile? Usable(JsonNode? name, string at, Source source)
    {
        if (name is not JsonValue text || text.GetValueKind() != JsonValueKind.String
            || text.GetValue<string>() is not { Length: > 0 and < MaxPath } given || given.Contains('\0', StringComparison.Ordinal))
        {
            return Refuse(at, source, $"must be the path of a file, shorter than {MaxPath} characters, or a list of such paths");
        }

        if (source.Chain.Count > MaxDepth)
        {
            return Refuse(at, source, $"is nested too deep: {MaxDepth} files include each other at most");
        }

        var path = PathFrom(source.Path, given);
        if (files.Find(path) is not { } file)
        {
            _missing.Add(path);
            return Refuse(at, source, "was not read");
        }

        return file.Problem is { } problem ? Refuse(at, source, problem)
            : source.Chain.Contains(file.RealPath) ? Refuse(at, source, $"includes itself: {string.Join(" > ", source.Chain.Append(file.RealPath).Select(Path.GetFileName))}")
            : file;
    }

    private IncludedFile? Refuse(string at, Source source, string message)
    {
        problems.Add(new ConfigProblem(ConfigLayer.File, source.Values.Place(at, false), ConfigPointer.ToDotted(at), message));
        return null;
    }

    /// <summary>A file whose settings are looked through.</summary>
    /// <param name="Chain">It and those that led to it, from the configuration on.</param>
    private sealed record Source(LayerValues Values, string Path, IReadOnlyList<string> Chain);
}
