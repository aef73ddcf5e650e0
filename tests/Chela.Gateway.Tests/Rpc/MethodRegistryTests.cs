using Chela.Contracts.Events;
using Chela.Gateway.Rpc;

namespace Chela.Gateway.Tests.Rpc;

[Trait("Requirement", "W6")]
public sealed class MethodRegistryTests
{
    [Fact]
    public void A_method_is_found_by_its_name_in_every_dialect()
    {
        var registry = ProbeMethods.Registry(map => map.Add(ProbeMethods.Saying("a.b", "one")));

        Assert.All(Enum.GetValues<Dialect>(), dialect => Assert.Equal("a.b", registry.Find(dialect, "a.b", default)?.Name));
        Assert.All(["", "a", "a.B", "a.b ", "a.b.c"], name => Assert.Null(registry.Find(Dialect.OpenClaw, name, default)));
    }

    [Fact]
    public void An_alias_leads_to_the_same_method()
    {
        var registry = ProbeMethods.Registry(map => map.Add(ProbeMethods.Saying("sessions.list", "one"), "session.list", "list"));

        var found = new[] { "sessions.list", "session.list", "list" }.Select(name => registry.Find(Dialect.JsonRpc, name, default));

        Assert.Single(found.Distinct());
        Assert.Equal(["list", "session.list", "sessions.list"], registry.Names);
    }

    [Fact]
    public void Two_methods_of_one_name_refuse_the_start_and_the_name_is_told()
    {
        var refusal = Assert.Throws<InvalidOperationException>(() => ProbeMethods.Registry(
            map => map.Add(ProbeMethods.Saying("chat.send", "one")),
            map => map.Add(ProbeMethods.Saying("chat.send", "two"))));

        Assert.Equal("Two methods are called chat.send.", refusal.Message);
    }

    [Fact]
    public void An_alias_that_is_another_methods_name_refuses_the_start() =>
        Assert.Throws<InvalidOperationException>(() => ProbeMethods.Registry(map =>
        {
            map.Add(ProbeMethods.Saying("one", "1"));
            map.Add(ProbeMethods.Saying("two", "2"), "one");
        }));

    [Fact]
    public void Two_forms_of_one_name_in_one_dialect_refuse_the_start()
    {
        var refusal = Assert.Throws<InvalidOperationException>(() => ProbeMethods.Registry(map =>
        {
            map.AddForm(Dialect.JsonRpc, ProbeMethods.Saying("one", "1"));
            map.AddForm(Dialect.JsonRpc, ProbeMethods.Saying("one", "2"));
        }));

        Assert.Equal("Two forms of the method one in JsonRpc.", refusal.Message);
    }

    [Theory]
    [InlineData("", "form")]
    [InlineData("null", "form")]
    [InlineData("{}", "form")]
    [InlineData("[]", "form")]
    [InlineData("5", "form")]
    [InlineData("""{"text":"x"}""", "form")]
    [InlineData("""{"text":{"sessionKey":1}}""", "form")]
    [InlineData("""{"text":"sessionKey"}""", "form")]
    [InlineData("""{"session_key":"x"}""", "form")]
    [InlineData("""{"sessionKey":"x"}""", "common")]
    [InlineData("""{"a":[{"b":[]}],"sessionKey":null}""", "common")]
    [InlineData("""{"session\u004bey":"x"}""", "common")]
    public void A_form_answers_unless_the_call_brings_a_parameter_of_the_common_form(string parameters, string form)
    {
        var registry = WithForm(unless: "sessionKey");

        var found = registry.Find(Dialect.JsonRpc, "chat.send", System.Text.Encoding.UTF8.GetBytes(parameters));

        Assert.Equal(form, found?.Summary);
    }

    [Fact]
    public void A_form_without_such_a_parameter_always_answers() =>
        Assert.Equal("form", WithForm(unless: null).Find(Dialect.JsonRpc, "chat.send", """{"sessionKey":"x"}"""u8)?.Summary);

    [Fact]
    public void A_form_of_one_dialect_is_not_seen_in_another() =>
        Assert.Equal("common", WithForm(unless: "sessionKey").Find(Dialect.OpenClaw, "chat.send", "{}"u8)?.Summary);

    [Fact]
    public void Everything_in_the_registry_can_be_listed()
    {
        var all = WithForm(unless: "sessionKey").All();

        Assert.Equal(
            [(null, "chat.send", "common"), (null, "chat.say", "common"), (Dialect.JsonRpc, "chat.send", "form")],
            all.Select(entry => (entry.Dialect, entry.Name, entry.Method.Summary)));
    }

    private static MethodRegistry WithForm(string? unless) => ProbeMethods.Registry(map =>
    {
        map.Add(ProbeMethods.Saying("chat.send", "1") with { Summary = "common" }, "chat.say");
        map.AddForm(Dialect.JsonRpc, ProbeMethods.Saying("chat.send", "2") with { Summary = "form" }, unless);
    });
}
