using System.CommandLine;

namespace Chela.Cli.Config;

/// <summary><c>chela config</c>: reads and changes the configuration file, whether a gateway runs or not. One that runs takes the file in by itself.</summary>
internal static class ConfigCommand
{
    public static Command Create(Interrupts interrupts) => new ExampledCommand("config", "Read and change the configuration file; a gateway that runs takes changes in by itself")
    {
        Examples = ["chela config get agents.defaults", "chela config set agents.defaults.model openai/gpt-5-mini", "chela config edit"],
        Subcommands =
        {
            ConfigGetCommand.Create(),
            ConfigSetCommand.CreateSet(),
            ConfigSetCommand.CreateUnset(),
            ConfigEditCommand.Create(interrupts),
            ConfigFileCommands.CreateFile(),
            ConfigFileCommands.CreateValidate(),
            ConfigFileCommands.CreateSchema(),
            ConfigDiffCommand.Create(),
            ConfigRollbackCommand.Create(),
            ConfigMigrateCommand.Create(),
        },
    };
}
