using System.Collections.Frozen;

namespace Chela.Gateway.Sessions.Commands;

/// <summary>The commands that there are. What begins with a slash and is none of them is for the agent.</summary>
internal sealed class CommandTable
{
    private readonly FrozenDictionary<string, ChatCommand> _byWord;

    public CommandTable(IEnumerable<ICommandModule> modules)
    {
        var help = new ChatCommand("help", "status", "Show the commands.", _ => Task.FromResult(new CommandReply(Describe())))
        {
            Aliases = ["commands"],
        };
        All = [.. modules.SelectMany(module => module.Commands), help];
        _byWord = All.SelectMany(command => command.Aliases.Prepend(command.Name), (command, word) => (word, command))
            .ToFrozenDictionary(pair => pair.word, pair => pair.command, StringComparer.OrdinalIgnoreCase);
    }

    public IReadOnlyList<ChatCommand> All { get; }

    /// <summary>The command that the message gives, and what follows its name; null when it is for the agent.</summary>
    public (ChatCommand Command, string Argument)? Find(string message)
    {
        if (StopWords.IsOne(message))
        {
            return (_byWord["stop"], "");
        }

        if (!IsWritten(message))
        {
            return null;
        }

        var text = message.Trim();
        var end = text.IndexOfAny([' ', '\t', '\r', '\n']);
        var word = end < 0 ? text[1..] : text[1..end];
        return _byWord.TryGetValue(word.TrimEnd(':'), out var command) ? (command, end < 0 ? "" : text[end..].Trim()) : null;
    }

    /// <summary>True for a message that begins as commands are written; a person can also just say stop.</summary>
    public static bool IsWritten(string message) => message.AsSpan().TrimStart().StartsWith('/');

    private string Describe() => string.Join('\n', All.Select(command =>
    {
        var argument = command.Argument is { } one ? $" [{one.Name}]" : "";
        var aliases = command.Aliases.Count > 0 ? $" (also {string.Join(", ", command.Aliases.Select(alias => $"/{alias}"))})" : "";
        return $"/{command.Name}{argument}{aliases}: {command.Description}";
    }));
}
