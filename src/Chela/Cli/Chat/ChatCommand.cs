using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text;

namespace Chela.Cli.Chat;

/// <summary><c>chela chat</c>: one message and its reply, or a conversation.</summary>
internal static class ChatCommand
{
    public static Command Create(Interrupts interrupts)
    {
        var words = new Argument<string[]>("TEXT")
        {
            Description = "The message. Without it: all of standard input if that is not a terminal, else a conversation",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var session = new Option<string>("--session")
        {
            Description = "Session to speak in",
            HelpName = "KEY",
            DefaultValueFactory = _ => "main",
        };
        var connection = new ConnectionOptions("Longest wait for a whole reply, which is then aborted (default none)");
        var command = new ExampledCommand("chat", "Talk to the assistant")
        {
            Examples =
            [
                "chela chat",
                "chela chat \"What is on my list today?\"",
                "echo hi | chela chat",
                "chela chat --session agent:main:work --json -- \"-5 degrees: cold?\"",
            ],
        };
        command.Add(words);
        command.Add(session);
        connection.AddTo(command);
        command.SetAction((parsed, _) =>
        {
            var text = parsed.GetValue(words) ?? [];
            return Mistyped(parsed, text) is { } word
                ? Task.FromResult(RefuseWord(word))
                : RunAsync(connection.Read(parsed), string.Join(' ', text), parsed.GetRequiredValue(session), interrupts);
        });
        return command;
    }

    private static async Task<int> RunAsync(ConnectionSettings settings, string text, string sessionKey, Interrupts interrupts)
    {
        if (text.Length == 0 && !Console.IsInputRedirected)
        {
            return await GatewaySession.RunAsync(
                settings,
                gateway => new Conversation(gateway, Console.In, sessionKey, interrupts, settings.Timeout).RunAsync(),
                interrupts.Token);
        }

        var message = text.Length > 0 ? text : await ReadInputAsync();
        if (string.IsNullOrWhiteSpace(message))
        {
            Console.Error.WriteLine("There is no message: give a text, or pipe one in.");
            return ExitCode.Usage;
        }

        return await GatewaySession.RunAsync(
            settings, gateway => new OneShot(gateway, settings.Timeout).RunAsync(sessionKey, message, interrupts.Token), interrupts.Token);
    }

    private static async Task<string> ReadInputAsync()
    {
        using var reader = new StreamReader(Console.OpenStandardInput(), Encoding.UTF8);
        return (await reader.ReadToEndAsync()).TrimEnd('\r', '\n');
    }

    /// <summary>A word like an option is more likely a mistyped option than something to say, unless <c>--</c> stands before.</summary>
    private static string? Mistyped(ParseResult parsed, string[] text) =>
        parsed.Tokens.Any(token => token.Type == TokenType.DoubleDash)
            ? null
            : text.FirstOrDefault(word => word.Length > 1 && word[0] == '-' && !word.Contains(' ', StringComparison.Ordinal));

    private static int RefuseWord(string word)
    {
        Console.Error.WriteLine($"Unrecognized option '{word}'. Text that begins with a dash goes after --");
        Console.Error.WriteLine("Try: chela chat --help");
        return ExitCode.Usage;
    }
}
