using System.CommandLine;

namespace Chela.Cli.Config;

/// <summary><c>chela config rollback</c>.</summary>
internal static class ConfigRollbackCommand
{
    public static Command Create()
    {
        var backup = new Argument<string>("BACKUP") { Description = "Its number, 1 for the latest (the default), or last-good", DefaultValueFactory = _ => "1" };
        var options = new ConfigFileOptions();
        var command = new ExampledCommand("rollback", "Put a former content of the file back, once it is checked; what it holds now becomes the latest backup")
        {
            Examples = ["chela config rollback", "chela config rollback 3", "chela config rollback last-good"],
        };
        command.Add(backup);
        options.AddTo(command);
        command.SetAction((parsed, ct) => options.RunAsync(
            parsed, async session => Changes.Tell(await session.Desk.RollBackAsync(parsed.GetRequiredValue(backup), ct), session), ct));
        return command;
    }
}
