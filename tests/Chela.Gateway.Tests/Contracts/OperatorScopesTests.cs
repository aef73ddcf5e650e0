using Chela.Contracts.Access;

namespace Chela.Gateway.Tests.Contracts;

[Trait("Requirement", "A2")]
public sealed class OperatorScopesTests
{
    private const OperatorScopes All = (OperatorScopes)((1 << 10) - 1);

    [Fact]
    public void Every_scope_has_one_name_and_the_name_leads_back_to_it()
    {
        var names = ScopeNames.Of(All);

        Assert.Equal(10, names.Distinct().Count());
        Assert.All(Enum.GetValues<OperatorScopes>().Where(scope => scope != OperatorScopes.None), scope =>
        {
            var name = Assert.Single(ScopeNames.Of(scope));
            Assert.StartsWith("operator.", name, StringComparison.Ordinal);
            Assert.True(ScopeNames.TryParse(name, out var parsed));
            Assert.Equal(scope, parsed);
        });
    }

    [Theory]
    [InlineData("")]
    [InlineData("admin")]
    [InlineData("operator")]
    [InlineData("operator.Admin")]
    [InlineData("operator.admin ")]
    [InlineData("operator.everything")]
    [InlineData("None")]
    public void A_name_that_nobody_defined_is_no_scope(string name)
    {
        var known = ScopeNames.TryParse(name, out var scope);

        Assert.False(known);
        Assert.Equal(OperatorScopes.None, scope);
    }

    [Fact]
    public void Names_come_in_the_order_of_the_protocol_whatever_the_order_of_asking()
    {
        var names = ScopeNames.Of(OperatorScopes.Pairing | OperatorScopes.Admin | OperatorScopes.Write | OperatorScopes.Read);

        Assert.Equal(["operator.admin", "operator.read", "operator.write", "operator.pairing"], names);
    }

    [Theory]
    [InlineData(OperatorScopes.None, OperatorScopes.None)]
    [InlineData(OperatorScopes.Admin, All)]
    [InlineData(OperatorScopes.Read, OperatorScopes.Read | OperatorScopes.SessionsRead)]
    [InlineData(
        OperatorScopes.Write,
        OperatorScopes.Write | OperatorScopes.Read | OperatorScopes.Talk | OperatorScopes.SessionsWrite | OperatorScopes.SessionsRead)]
    [InlineData(OperatorScopes.SessionsWrite, OperatorScopes.SessionsWrite | OperatorScopes.SessionsRead)]
    [InlineData(OperatorScopes.SessionsRead, OperatorScopes.SessionsRead)]
    [InlineData(OperatorScopes.Approvals, OperatorScopes.Approvals)]
    [InlineData(OperatorScopes.Questions, OperatorScopes.Questions)]
    [InlineData(OperatorScopes.Pairing, OperatorScopes.Pairing)]
    [InlineData(OperatorScopes.Talk, OperatorScopes.Talk)]
    [InlineData(OperatorScopes.TalkSecrets, OperatorScopes.TalkSecrets)]
    public void A_scope_includes_exactly_what_the_protocol_says(OperatorScopes granted, OperatorScopes effective)
    {
        var included = ScopeNames.WithIncluded(granted);

        Assert.Equal(effective, included);
        Assert.Equal(effective, ScopeNames.WithIncluded(included));
    }

    [Fact]
    public void No_scope_but_admin_includes_admin_pairing_or_secrets()
    {
        const OperatorScopes Guarded = OperatorScopes.Admin | OperatorScopes.Pairing | OperatorScopes.TalkSecrets | OperatorScopes.Approvals;

        var others = Enumerable.Range(0, (int)All + 1).Select(bits => (OperatorScopes)bits & ~Guarded).Distinct();

        Assert.All(others, scopes => Assert.Equal(OperatorScopes.None, ScopeNames.WithIncluded(scopes) & Guarded));
    }
}
