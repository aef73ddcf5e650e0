using Spectre.Console;

namespace Chela.Cli;

/// <summary>The status as a coloured table. Values are plain text: nothing in them is read as markup.</summary>
internal static class StatusTable
{
    public static void Print(TextWriter output, IReadOnlyList<(string Name, string Value)> facts)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.Yes,
            ColorSystem = ColorSystemSupport.Standard, // whoever calls this has found that the screen has colours
            Out = new AnsiConsoleOutput(output),
        });
        var table = new Table { Border = TableBorder.Rounded, ShowHeaders = false };
        table.AddColumn("name").AddColumn("value");
        foreach (var (name, value) in facts)
        {
            var style = name == "health" ? new Style(value == "ok" ? Color.Green : Color.Red) : Style.Plain;
            table.AddRow(new Text(name, new Style(Color.Grey)), new Text(value, style));
        }

        console.Write(table);
    }
}
