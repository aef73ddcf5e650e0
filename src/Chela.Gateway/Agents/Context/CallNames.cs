using Chela.Gateway.Sessions;

namespace Chela.Gateway.Agents.Context;

/// <summary>
/// Gives the calls of tools that a transcript holds names that every provider takes: calls come from several providers, and from files. No two in a
/// conversation have the same name, or it could not be told whose a result is.
/// </summary>
internal sealed class CallNames
{
    /// <summary>The longest name that every provider takes.</summary>
    private const int Longest = 64;

    private readonly HashSet<string> _used = new(StringComparer.Ordinal);

    /// <summary>The same call as a provider takes it; what was in order stays as it is.</summary>
    public StoredToolUse Name(StoredToolUse use) => use with { Id = Unique(Usable(use.Id)), Name = Usable(use.Name) };

    private string Unique(string name)
    {
        var unique = name;
        for (var number = 2; !_used.Add(unique); number++)
        {
            var end = $"-{number}";
            unique = name[..Math.Min(name.Length, Longest - end.Length)] + end;
        }

        return unique;
    }

    private static string Usable(string name) => name.Length == 0
        ? "unnamed"
        : string.Concat(name.Take(Longest).Select(letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '-' ? letter : '_'));
}
