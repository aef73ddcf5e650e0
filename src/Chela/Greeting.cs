using Chela.Gateway.Hosting;

namespace Chela;

/// <summary>What a user reads when the gateway has started: where it is, where the token is, and the next command.</summary>
internal static class Greeting
{
    /// <summary>Writes the lines.</summary>
    /// <param name="output">The terminal.</param>
    /// <param name="started">What was started.</param>
    /// <param name="paths">The state directory in use.</param>
    /// <param name="isOwnDirectory">True when the directory was chosen on the command line: later commands must name it too.</param>
    public static void Write(TextWriter output, GatewayStarted started, StatePaths paths, bool isOwnDirectory)
    {
        output.WriteLine($"Chela {started.Version} listens on {started.Url}");
        output.WriteLine($"  state  {paths.Root}");
        output.WriteLine($"  token  {started.TokenFile ?? "as configured"}");
        output.WriteLine($"  model  {started.Model}{(started.Model == "echo/echo" ? " (built in; set OPENAI_API_KEY to use a real one)" : "")}");
        foreach (var warning in started.Warnings)
        {
            output.WriteLine($"  note   {warning}");
        }

        output.WriteLine();
        output.WriteLine("Chat with it from another terminal:");
        output.WriteLine($"  {Command()} chat \"Hello\"{(isOwnDirectory ? $" --state-dir {Quote(paths.Root)}" : "")}");
    }

    /// <summary>The command that runs this program again: its name when the shell finds it, else its path.</summary>
    private static string Command()
    {
        var path = Environment.ProcessPath ?? "chela";
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        return folders.Contains(Path.GetDirectoryName(path)) ? Path.GetFileNameWithoutExtension(path) : Quote(path);
    }

    private static string Quote(string path) => path.Any(char.IsWhiteSpace) ? $"\"{path}\"" : path;
}
