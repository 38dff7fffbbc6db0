using JellyBean.Workflows.Models;
using JellyBean.Workflows.Tests.Interpreter;

namespace JellyBean.Workflows.Tests.Models;

public class ModelTests
{
    [Fact]
    public void Define_without_variants_or_with_a_name_twice_is_refused()
    {
        var none = Assert.Throws<ArgumentException>(() => Model.Define<int, string>("m", []));
        var twice = Assert.Throws<ArgumentException>(() => Model.Define<int, string>("m", [new Readings.FakeVariant("a"), new Readings.FakeVariant("a")]));

        Assert.Contains("has no variant", none.Message, StringComparison.Ordinal);
        Assert.Contains("names these variants twice: a", twice.Message, StringComparison.Ordinal);
    }
}
