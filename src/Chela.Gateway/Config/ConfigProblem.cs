namespace Chela.Gateway.Config;

/// <summary>One mistake in the configuration.</summary>
/// <param name="Layer">The layer that holds it.</param>
/// <param name="Place">Where a person finds it: <c>chela.json:3:5</c>, the name of a variable, an option.</param>
/// <param name="Path">The dotted key; empty where the layer as a whole is at fault.</param>
/// <param name="Message">What is wrong. Never holds the value: it may be a secret.</param>
internal sealed record ConfigProblem(ConfigLayer Layer, string Place, string Path, string Message)
{
    public override string ToString() => Path.Length == 0 ? $"{Place}: {Message}" : $"{Place} {Path}: {Message}";
}

/// <summary>The configuration cannot be used. Carries every problem found, and prints one on a line.</summary>
internal sealed class ConfigException(IReadOnlyList<ConfigProblem> problems) : Exception(string.Join('\n', problems))
{
    public IReadOnlyList<ConfigProblem> Problems => problems;

    /// <summary>The problems alone: a mistake in a file needs no stack trace.</summary>
    public override string ToString() => Message;
}
