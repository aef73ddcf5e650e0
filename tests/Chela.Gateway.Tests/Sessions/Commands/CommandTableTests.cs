using Chela.Gateway.Sessions.Commands;
using Chela.Gateway.Tests.Rpc;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Sessions.Commands;

/// <summary>Which messages are commands.</summary>
[Trait("Requirement", "B5")]
public sealed class CommandTableTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private GatewayParts _parts = null!;

    public async ValueTask InitializeAsync() => _parts = await GatewayParts.StartAsync(_folder);

    public async ValueTask DisposeAsync()
    {
        await _parts.DisposeAsync();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("/new", "new", "")]
    [InlineData("  /NEW  echo/echo ", "new", "echo/echo")]
    [InlineData("/model: echo", "model", "echo")]
    [InlineData("/reset\nplease", "reset", "please")]
    [InlineData("/commands", "help", "")]
    [InlineData("/id", "whoami", "")]
    [InlineData("Stop!", "stop", "")]
    public void A_message_that_begins_with_a_name_gives_the_command(string message, string name, string argument)
    {
        var (command, rest) = _parts.Get<CommandTable>().Find(message)!.Value;

        Assert.Equal((name, argument), (command.Name, rest));
    }

    [Theory]
    [InlineData("/slow 100 one two")]
    [InlineData("/newer")]
    [InlineData("/")]
    [InlineData("/ new")]
    [InlineData("//new")]
    [InlineData("Say /new")]
    [InlineData("new")]
    public void Everything_else_is_for_the_agent(string message) => Assert.Null(_parts.Get<CommandTable>().Find(message));
}
