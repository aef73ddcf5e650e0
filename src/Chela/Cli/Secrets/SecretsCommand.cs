using System.CommandLine;
using System.Text;
using Chela.Cli.Config;

namespace Chela.Cli.Secrets;

/// <summary><c>chela secrets</c>: keeps secrets out of the configuration file, or unreadable in it.</summary>
internal static class SecretsCommand
{
    private const int LongestSecret = 64 * 1024;

    public static Command Create() => new ExampledCommand("secrets", "Encrypt secrets of the configuration, and find those that are not")
    {
        Examples = ["chela secrets audit", "chela secrets encrypt < key.txt", "chela secrets rotate"],
        Subcommands = { CreateEncrypt(), CreateRotate(), CreateAudit() },
    };

    private static ExampledCommand CreateEncrypt()
    {
        var command = new ExampledCommand("encrypt", "Print a secret as it can stand in the configuration; it is asked for, or read from standard input")
        {
            Examples = ["chela secrets encrypt", "pass show openai | chela secrets encrypt"],
        };
        return With(command, async (session, ct) =>
        {
            var text = await session.Desk.Secrets.EncryptAsync(await ReadAsync(ct), ct);
            if (session.Json)
            {
                session.Terminal.WriteJson(new EncryptedSecret(text), CliJson.Default.EncryptedSecret, indented: false);
            }
            else
            {
                session.Terminal.WriteLine(text);
            }

            return ExitCode.Ok;
        });
    }

    private static ExampledCommand CreateRotate()
    {
        var command = new ExampledCommand("rotate", "Make a new key and encrypt every secret of the configuration anew")
        {
            Examples = ["chela secrets rotate"],
        };
        return With(command, async (session, ct) =>
        {
            var done = await session.Desk.Secrets.RotateAsync(ct);
            if (session.Json)
            {
                session.Terminal.WriteJson(done, CliJson.Default.SecretRotation, indented: false);
            }
            else
            {
                session.Terminal.WriteLine($"A new key is in use; values encrypted anew: {done.Values}{(done.Files.Count == 0 ? "" : $", in {string.Join(", ", done.Files)}")}");
            }

            return ExitCode.Ok;
        });
    }

    private static ExampledCommand CreateAudit()
    {
        var command = new ExampledCommand("audit", "Name the settings that hold a secret in plain text; exit code 1 where there are some")
        {
            Examples = ["chela secrets audit", "chela secrets audit --json"],
        };
        return With(command, async (session, ct) =>
        {
            var found = await session.Desk.Secrets.AuditAsync(ct);
            if (session.Json)
            {
                session.Terminal.WriteJson(found, CliJson.Default.IReadOnlyListPlainSecret, indented: false);
            }
            else
            {
                session.Terminal.WriteLine(found.Count == 0
                    ? $"No secret stands in plain text in {session.Desk.Path}"
                    : string.Join('\n', found.Select(secret => $"{secret.Place} {secret.Key}")));
            }

            return found.Count == 0 ? ExitCode.Ok : ExitCode.Failed;
        });
    }

    private static ExampledCommand With(ExampledCommand command, Func<ConfigSession, CancellationToken, Task<int>> action)
    {
        var options = new ConfigFileOptions();
        options.AddTo(command);
        command.SetAction((parsed, ct) => options.RunAsync(parsed, session => action(session, ct), ct));
        return command;
    }

    private static async Task<string> ReadAsync(CancellationToken ct)
    {
        if (!Console.IsInputRedirected)
        {
            return Asked();
        }

        var buffer = new char[LongestSecret + 1];
        var length = await Console.In.ReadBlockAsync(buffer, ct);
        return length > LongestSecret ? throw new UsageException("the secret on standard input is too long")
            : new string(buffer, 0, length).TrimEnd('\r', '\n') is { Length: > 0 } text ? text
            : throw new UsageException("there is no secret on standard input");
    }

    /// <summary>What a person types, without showing it.</summary>
    private static string Asked()
    {
        Console.Error.Write("Secret: ");
        var typed = new StringBuilder();
        for (var key = Console.ReadKey(intercept: true); key.Key != ConsoleKey.Enter; key = Console.ReadKey(intercept: true))
        {
            if (key.Key == ConsoleKey.Backspace)
            {
                typed.Length = Math.Max(0, typed.Length - 1);
            }
            else if (!char.IsControl(key.KeyChar))
            {
                typed.Append(key.KeyChar);
            }
        }

        Console.Error.WriteLine();
        return typed.Length > 0 ? typed.ToString() : throw new UsageException("no secret was typed");
    }
}

/// <summary>What <c>secrets encrypt --json</c> prints.</summary>
internal sealed record EncryptedSecret(string Value);
