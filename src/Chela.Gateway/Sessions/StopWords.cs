using System.Collections.Frozen;

namespace Chela.Gateway.Sessions;

/// <summary>The words by which a person stops what runs in a session: the whole message is one of them.</summary>
internal static class StopWords
{
    private static readonly FrozenSet<string> Words = FrozenSet.ToFrozenSet(
        [
            "stop", "esc", "abort", "wait", "exit", "interrupt", "halt", "please stop", "stop please", "stop action",
            "stop current action", "stop run", "stop current run", "stop agent", "stop the agent", "stop openclaw", "openclaw stop",
            "stop chela", "chela stop", "stop don't do anything", "stop dont do anything", "stop do not do anything", "stop doing anything",
            "do not do that", "stopp", "anhalten", "aufhören", "hoer auf", "arrête", "arrete", "detente", "deten", "detén", "pare",
            "стоп", "остановись", "останови", "остановить", "прекрати", "停止", "停下来", "暂停", "やめて", "止めて", "रुको", "توقف",
        ],
        StringComparer.OrdinalIgnoreCase);

    private const string Ending = " .!?…,。，;；:：！？'\"’”)]}";

    /// <summary>True when the message says stop and nothing else.</summary>
    public static bool IsOne(string message) => message.Length <= 64 && Words.Contains(Plain(message));

    private static string Plain(string message) =>
        string.Join(' ', message.Replace('’', '\'').Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).TrimEnd([.. Ending]);
}
