using System.Collections.Frozen;

namespace Chela.Gateway.Sessions.Commands;

/// <summary>The commands that there are. What begins with a slash and is none of them is for the agent.</summary>
internal sealed class CommandTable
{
    /// <summary>The most commands that are taken off the front of one message.</summary>
    private const int MostInFront = 8;

    private static readonly char[] Blanks = [' ', '\t', '\r', '\n'];

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

        return Split(message).InFront.Count > 0 ? null : Read(message.Trim());
    }

    /// <summary>The commands in front of a longer message, and that message; none of them where nothing follows.</summary>
    public (IReadOnlyList<(ChatCommand Command, string Value)> InFront, string Message) Split(string message)
    {
        var found = new List<(ChatCommand, string)>();
        var rest = message.Trim();
        while (found.Count < MostInFront && Read(rest) is ({ InFront: not null } command, var argument))
        {
            var length = LengthOf(command, argument);
            if (length == argument.Length)
            {
                return ([], message);
            }

            found.Add((command, argument[..length]));
            rest = argument[length..].TrimStart();
        }

        return (found, rest);
    }

    /// <summary>True for a message that begins as commands are written; a person can also just say stop.</summary>
    public static bool IsWritten(string message) => message.AsSpan().TrimStart().StartsWith('/');

    /// <summary>How far what follows the name is the command's own: its first word, and the words that go on with it.</summary>
    private static int LengthOf(ChatCommand command, string text)
    {
        var end = WordEnd(text, 0);
        while (end < text.Length)
        {
            var next = end + text.AsSpan(end).IndexOfAnyExcept(Blanks);
            var nextEnd = WordEnd(text, next);
            if (!command.Argument!.GoesOn(text[next..nextEnd]))
            {
                break;
            }

            end = nextEnd;
        }

        return end;
    }

    private static int WordEnd(string text, int start)
    {
        var length = text.AsSpan(start).IndexOfAny(Blanks);
        return length < 0 ? text.Length : start + length;
    }

    private (ChatCommand Command, string Argument)? Read(string text)
    {
        if (!IsWritten(text))
        {
            return null;
        }

        var end = text.IndexOfAny(Blanks);
        var word = end < 0 ? text[1..] : text[1..end];
        return _byWord.TryGetValue(word.TrimEnd(':'), out var command) ? (command, end < 0 ? "" : text[end..].Trim()) : null;
    }

    private string Describe() => string.Join('\n', All.Select(command =>
    {
        var argument = command.Argument is { } one ? $" [{one.Name}]" : "";
        var aliases = command.Aliases.Count > 0 ? $" (also {string.Join(", ", command.Aliases.Select(alias => $"/{alias}"))})" : "";
        return $"/{command.Name}{argument}{aliases}: {command.Description}";
    }));
}
