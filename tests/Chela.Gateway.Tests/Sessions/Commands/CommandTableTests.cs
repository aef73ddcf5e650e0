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
    [InlineData("/model echo/echo Hello")]
    [InlineData("/slow 100 one two")]
    [InlineData("/newer")]
    [InlineData("/")]
    [InlineData("/ new")]
    [InlineData("//new")]
    [InlineData("Say /new")]
    [InlineData("new")]
    public void Everything_else_is_for_the_agent(string message) => Assert.Null(_parts.Get<CommandTable>().Find(message));

    [Theory]
    [InlineData("/model echo/echo Hello", "model=echo/echo", "Hello")]
    [InlineData(" /MODEL: echo/echo\n\n two\nlines ", "model=echo/echo", "two\nlines")]
    [InlineData("/t off /queue collect /model x Hello /queue steer", "think=off queue=collect model=x", "Hello /queue steer")]
    [InlineData("/queue collect /new", "queue=collect", "/new")]
    [InlineData("/queue collect  cap:3\ndrop:old Hello cap:4", "queue=collect  cap:3\ndrop:old", "Hello cap:4")]
    [InlineData("/queue collect cap:3", "", "")]
    [InlineData("/model x cap:3", "model=x", "cap:3")]
    [InlineData("/queue collect /new now", "queue=collect", "/new now")]
    [InlineData("/model echo/echo", "", "")]
    [InlineData("/model echo/echo /queue collect", "", "")]
    [InlineData("/model", "", "")]
    [InlineData("/new echo/echo Hello", "", "")]
    [InlineData("Hello /model echo/echo there", "", "")]
    public void Commands_in_front_of_a_longer_message_are_taken_off_it(string message, string inFront, string rest)
    {
        var split = _parts.Get<CommandTable>().Split(message);

        Assert.Equal(inFront, string.Join(' ', split.InFront.Select(one => $"{one.Command.Name}={one.Value}")));
        Assert.Equal(rest, split.InFront.Count > 0 ? split.Message : "");
    }

    [Fact]
    public void No_more_than_a_few_are_taken_off_one_message()
    {
        var split = _parts.Get<CommandTable>().Split(string.Concat(Enumerable.Repeat("/t off ", 100_000)) + "Hello");

        Assert.Equal(8, split.InFront.Count);
        Assert.EndsWith("/t off Hello", split.Message, StringComparison.Ordinal);
    }
}
