using System.Text.RegularExpressions;

namespace Chela.Gateway.Tests.Architecture;

/// <summary>Which slice of the gateway may name which. A new arrow is a decision: docs/decisions first, then here.</summary>
internal sealed partial class SliceTable
{
    /// <summary>The arrows of docs/architecture.md. <c>Slice(Type)</c> admits only those types; <c>*</c> is every other slice.</summary>
    public const string Chela = """
        Hosting     -> *
        Connections -> Wire Rpc Access Bus Config Sessions(SessionKey)
        Wire        -> Rpc
        Channels    -> Bus Access Rpc Config
        Agents      -> Sessions Bus Rpc Config Storage(DocumentFile,DocumentOptions,StoredJson) Usage(UsageLedger,UsageLine,UsageOrigin,UsageCall,UsageCost,UsageEnd,Spent)
        Sessions Cron Nodes Canvas Plugins Usage Logs Rest OpenAi -> Bus Rpc Config Access Sessions
        Access      -> Bus Rpc Config
        Bus Sessions Access Cron Nodes Usage Logs -> Storage
        Config      -> Storage(DocumentFile)
        Rpc Storage Discovery          ->
        *           -> Telemetry Schema Programs
        """;

    private readonly Dictionary<string, Dictionary<string, string[]>> _arrows = [];

    private SliceTable(string text) => Text = text;

    /// <summary>The table as it was written.</summary>
    public string Text { get; }

    /// <summary>Every slice that the table names.</summary>
    public IReadOnlyCollection<string> Slices => _arrows.Keys;

    /// <summary>Reads rows of the form <c>From From -> To To(Type)</c>.</summary>
    public static SliceTable Parse(string text)
    {
        var table = new SliceTable(text);
        var rows = text.Split('\n').Select(line => line.Split("->")).Select(sides => (From: Words(sides[0]), To: Words(sides[1]))).ToList();
        foreach (var slice in rows.SelectMany(row => row.From.Concat(row.To)).Select(NameOf).Where(name => name != "*"))
        {
            table._arrows.TryAdd(slice, []);
        }

        foreach (var (from, to) in rows)
        {
            table.Add(from, to);
        }

        return table;
    }

    /// <summary>Whether the first slice may name the second.</summary>
    public bool Allows(string from, string to) => _arrows[from].ContainsKey(to);

    /// <summary>The only types that may be named along an arrow; null where all may.</summary>
    public string[]? OnlyTypes(string from, string to) => _arrows[from].GetValueOrDefault(to) is { Length: > 0 } types ? types : null;

    private void Add(string[] from, string[] to)
    {
        // The leaves of a "* -> leaf" row do not name each other: an arrow both ways would be a circle.
        var sources = from is ["*"] ? _arrows.Keys.Except(to).ToArray() : from;
        foreach (var source in sources)
        {
            foreach (var target in to is ["*"] ? _arrows.Keys.ToArray() : to)
            {
                _arrows[source][NameOf(target)] = TypesOf(target);
            }

            _arrows[source].Remove(source);
        }
    }

    private static string[] Words(string side) => side.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static string NameOf(string word) => TargetPattern().Match(word).Groups["name"].Value;

    private static string[] TypesOf(string word) =>
        TargetPattern().Match(word).Groups["types"].Value.Split(',', StringSplitOptions.RemoveEmptyEntries);

    [GeneratedRegex(@"^(?<name>\w+|\*)(\((?<types>[\w,]+)\))?$")]
    private static partial Regex TargetPattern();
}
