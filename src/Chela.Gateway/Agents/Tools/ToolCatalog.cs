using System.Collections.Frozen;
using System.Text.RegularExpressions;
using Chela.Contracts.Tools;

namespace Chela.Gateway.Agents.Tools;

/// <summary>All tools that there are: the built-in ones, and those of sources that come and go.</summary>
internal sealed partial class ToolCatalog
{
    /// <summary>Models take no longer names.</summary>
    public const int LongestName = 64;

    private readonly FrozenDictionary<string, ITool> _own;
    private readonly IToolSource[] _sources;

    /// <exception cref="InvalidOperationException">Two tools have the same name, or one has a name that models cannot have.</exception>
    public ToolCatalog(IEnumerable<ITool> tools, IEnumerable<IToolSource> sources)
    {
        var own = new Dictionary<string, ITool>(StringComparer.Ordinal);
        foreach (var tool in tools)
        {
            var name = tool.Description.Name;
            if (!IsName(name) || !own.TryAdd(NameForModel(name), tool))
            {
                throw new InvalidOperationException($"The tool {name} has a name that is taken or cannot be.");
            }
        }

        (_own, _sources) = (own.ToFrozenDictionary(StringComparer.Ordinal), [.. sources]);
    }

    /// <summary>The tools that are there now, by the name that models have for them. A source cannot take a name that is there already.</summary>
    public IReadOnlyDictionary<string, ITool> Now()
    {
        if (_sources.Length == 0)
        {
            return _own;
        }

        var all = new Dictionary<string, ITool>(_own, StringComparer.Ordinal);
        foreach (var tool in _sources.SelectMany(source => source.Tools).Where(tool => IsName(tool.Description.Name)))
        {
            all.TryAdd(NameForModel(tool.Description.Name), tool);
        }

        return all;
    }

    /// <summary>True for a tool that belongs to the gateway.</summary>
    public bool IsOwn(ITool tool) => _own.GetValueOrDefault(NameForModel(tool.Description.Name)) == tool;

    /// <summary>What models call a tool: most take no dots.</summary>
    public static string NameForModel(string name) => name.Replace('.', '_');

    /// <summary>The part before the first dot; of a name without one, the name.</summary>
    public static string GroupOf(string name) => name.IndexOf('.', StringComparison.Ordinal) is > 0 and var dot ? name[..dot] : name;

    /// <summary>True for what a tool may be called.</summary>
    public static bool IsName(string name) => name.Length <= LongestName && Name().IsMatch(name);

    [GeneratedRegex("^[a-zA-Z0-9][a-zA-Z0-9_-]*(\\.[a-zA-Z0-9_-]+)*\\z", RegexOptions.CultureInvariant)]
    private static partial Regex Name();
}
