using Chela.Gateway.Hosting;

namespace Chela;

/// <summary>What a user reads when the gateway has started: where it is, where the token is, and the next command.</summary>
internal static class Greeting
{
    /// <summary>Writes the lines.</summary>
    /// <param name="output">The terminal.</param>
    /// <param name="started">What was started.</param>
    /// <param name="paths">The state directory in use.</param>
    public static void Write(TextWriter output, GatewayStarted started, StatePaths paths)
    {
        output.WriteLine($"Chela {started.Version} listens on {started.Url}");
        foreach (var listener in started.Listeners)
        {
            output.WriteLine($"  also   {listener.Url} ({listener.Dialect})");
        }

        output.WriteLine($"  state  {paths.Root}");
        output.WriteLine(started.AuthMode == "token" ? $"  token  {started.TokenFile ?? "as configured"}" : $"  auth   {started.AuthMode}");
        if (started.TlsFingerprint is { } fingerprint)
        {
            output.WriteLine($"  tls    SHA-256 {fingerprint}");
        }

        output.WriteLine($"  model  {started.Model}{(started.Model == "echo/echo" ? " (built in; set OPENAI_API_KEY to use a real one)" : "")}");
        WriteNotes(output, started);
        output.WriteLine();
        output.WriteLine("Chat with it from another terminal:");
        var where = paths == StatePaths.Resolve(null, _ => null) ? "" : $" --state-dir {Quote(paths.Root)}"; // another terminal has other variables
        var secret = (started.AuthMode, started.TokenFile) switch
        {
            ("password", _) => " --token YOUR_PASSWORD",
            ("none", _) or (_, not null) => "",
            _ => " --token YOUR_TOKEN",
        };
        output.WriteLine($"  {Command()} chat \"Hello\"{where}{secret}");
    }

    /// <summary>Writes what is to be known after a restart.</summary>
    public static void WriteAgain(TextWriter output, GatewayStarted started)
    {
        output.WriteLine($"Restarted: listens on {string.Join(", ", started.Listeners.Select(listener => listener.Url).Prepend(started.Url))}");
        WriteNotes(output, started);
    }

    /// <summary>The command that runs this program again: its name when the shell finds it, else its path.</summary>
    private static string Command()
    {
        var path = Environment.ProcessPath ?? "chela";
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        return folders.Contains(Path.GetDirectoryName(path)) ? Path.GetFileNameWithoutExtension(path) : Quote(path);
    }

    private static void WriteNotes(TextWriter output, GatewayStarted started)
    {
        foreach (var warning in started.Warnings)
        {
            output.WriteLine($"  note   {warning}");
        }
    }

    /// <summary>As a POSIX shell reads it: single quotes unless every character is harmless.</summary>
    private static string Quote(string path) =>
        path.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '/' or '.' or '-' or '_' or '+' or ':' or '\\')
            ? path
            : $"'{path.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
