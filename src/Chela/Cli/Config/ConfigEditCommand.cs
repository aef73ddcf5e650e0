using System.CommandLine;
using Chela.Gateway.Hosting.Desk;

namespace Chela.Cli.Config;

/// <summary><c>chela config edit</c>: a copy in the person's own editor, taken over once a gateway would start with it.</summary>
internal static class ConfigEditCommand
{
    public static Command Create(Interrupts interrupts)
    {
        var options = new ConfigFileOptions();
        var command = new ExampledCommand("edit", "Edit the file in VISUAL or EDITOR; it is checked before it takes the place of the old one")
        {
            Examples = ["chela config edit", "EDITOR=nano chela config edit"],
        };
        options.AddTo(command);
        command.SetAction((parsed, ct) => options.RunAsync(parsed, session => EditAsync(session, interrupts), ct));
        return command;
    }

    private static async Task<int> EditAsync(ConfigSession session, Interrupts interrupts)
    {
        var program = new TextProgram(Environment.GetEnvironmentVariable);
        var before = await session.Desk.ReadAsync(interrupts.Token);
        using var copy = EditedCopy.Beside(session.Desk.Path, before ?? session.Desk.Beginning);
        while (true)
        {
            await program.OpenAsync(copy.Path);
            interrupts.Rearm();
            var text = copy.Read();
            if (await session.Desk.CheckAsync(text, interrupts.Token) is not { Count: > 0 } faults)
            {
                return await TakeAsync(session, copy, before, text, interrupts.Token);
            }

            session.Terminal.Say(string.Join('\n', faults));
            session.Terminal.Error.Write("Edit again? [Y/n] ");
            if (!IsYes(await Console.In.ReadLineAsync(interrupts.Token)))
            {
                copy.Keep();
                session.Terminal.Say($"Nothing was changed. What you wrote is in {copy.Path}");
                return ExitCode.Config;
            }
        }
    }

    private static async Task<int> TakeAsync(ConfigSession session, EditedCopy copy, byte[]? before, byte[] text, CancellationToken ct)
    {
        try
        {
            return Changes.Tell(await session.Desk.ReplaceAsync(before, text, ct), session);
        }
        catch (ConfigRefusedException)
        {
            copy.Keep();
            session.Terminal.Say($"What you wrote is in {copy.Path}");
            throw;
        }
    }

    private static bool IsYes(string? answer) => answer is not null && (answer.Trim() is "" || answer.Trim().StartsWith("y", StringComparison.OrdinalIgnoreCase));
}
