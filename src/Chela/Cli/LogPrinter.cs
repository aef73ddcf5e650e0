using System.Text.Json;

namespace Chela.Cli;

/// <summary>Prints lines of the log: for programs as they are, for people in columns.</summary>
/// <param name="terminal">Where to.</param>
/// <param name="json">Whether for programs.</param>
/// <param name="wanted">Which lines.</param>
internal sealed class LogPrinter(Terminal terminal, bool json, LogsWanted wanted)
{
    private const string Grey = "\e[2m", Yellow = "\e[33m", Red = "\e[31m", Plain = "\e[0m";

    /// <param name="lines">Lines as they were written.</param>
    /// <param name="limit">The most that are shown: the last ones.</param>
    public void Print(IEnumerable<string> lines, int limit)
    {
        var shown = from text in lines
                    let line = Read(text)
                    where line is not null && line.Level >= wanted.LeastLevel && IsOf(line.Session) && (wanted.Run ?? line.Run) == line.Run
                    select (text, line);
        foreach (var (text, line) in shown.TakeLast(limit))
        {
            Print(text, line);
        }
    }

    /// <summary>A session is wanted by its key, or by what people call it: the end of its key.</summary>
    private bool IsOf(string? session) => wanted.Session is not { } key || session == key || session?.EndsWith($":{key}", StringComparison.Ordinal) == true;

    private void Print(string text, Line line)
    {
        if (json)
        {
            terminal.WriteLine(text);
            return;
        }

        var colour = line.Level switch { 0 => Grey, 2 => Yellow, 3 => Red, _ => Plain };
        terminal.Output.Write(terminal.Colour ? colour : "");
        terminal.Write($"{line.Time} {line.LevelName,-5} {line.Part}: {line.Text}");
        terminal.Output.Write(terminal.Colour ? Plain : "");
        terminal.WriteLine();
    }

    /// <summary>Null for what is no line of a log.</summary>
    private static Line? Read(string text)
    {
        try
        {
            var line = JsonElement.Parse(text);
            var meta = line.GetProperty("_meta");
            var level = meta.GetProperty("logLevelName").GetString()!;
            var part = JsonElement.Parse(meta.GetProperty("name").GetString()!).GetProperty("subsystem").GetString()!;
            var error = line.TryGetProperty("1", out var exception) ? $"\n{exception.GetString()}" : "";
            return new Line(line.GetProperty("time").GetString()!, level, part, line.GetProperty("0").GetString() + error)
            {
                Session = Text("session"),
                Run = Text("run"),
            };

            string? Text(string name) => line.TryGetProperty(name, out var value) ? value.GetString() : null;
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or ArgumentNullException)
        {
            return null;
        }
    }

    private sealed record Line(string Time, string LevelName, string Part, string Text)
    {
        public string? Session { get; init; }

        public string? Run { get; init; }

        public int Level => LevelName switch { "TRACE" or "DEBUG" => 0, "INFO" => 1, "WARN" => 2, _ => 3 };
    }
}
