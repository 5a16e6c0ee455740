using Harness.Nemeses;
using Harness.Runs;

namespace Replication.ProcessTests.Harness;

public sealed class TestOptionsTests
{
    [Theory]
    [InlineData("--workload bank --client careless --nemesis kill,pause --nodes 3 --seed 7")]
    [InlineData("--driver docker --level consistent-prefix --time 61 --clients 5 --rate 77 --ok-minimum 123")]
    [InlineData("--driver processes --program /a/b.dll")]
    public void The_command_of_a_run_makes_the_same_run(string line)
    {
        TestOptions options = Parse(line);
        string command = options.Command;
        string[] words = command[(command.IndexOf(" test ", StringComparison.Ordinal) + 6)..].Split(' ');
        TestOptions again = TestOptions.Parse(words);
        Assert.Equal(options.Nemeses, again.Nemeses);
        Assert.Equal(options, again with { Nemeses = options.Nemeses });
    }

    [Fact]
    public void The_help_names_all_nemeses() =>
        Assert.All(NemesisTable.Names, name => Assert.Contains(name, TestOptions.Usage, StringComparison.Ordinal));

    [Fact]
    public void None_is_no_nemesis() => Assert.Empty(Parse("--nemesis none").Nemeses);

    [Theory]
    [InlineData("--nodes 0", "--nodes is \"0\"")]
    [InlineData("--time 4", "from 5 to 3600")]
    [InlineData("--workload chess", "there are bank, counter")]
    [InlineData("--nemesis partition,rain", "--nemesis is \"rain\"")]
    [InlineData("--driver boats", "--driver is \"boats\"")]
    [InlineData("--speed 5", "--speed is not an option")]
    [InlineData("--seed", "--seed is unknown or needs a value")]
    [InlineData("--workload counter --level consistent-prefix", "no reads of another level")]
    [InlineData("--driver namespaces --nemesis kill,slow", "the driver namespaces can't do that")]
    [InlineData("--driver etcd --workload bank", "the workload register only")]
    [InlineData("--driver redis --workload set", "the workload register only")]
    [InlineData("--driver redis --level consistent-prefix", "no reads of another level on redis")]
    [InlineData("--driver etcd --nemesis power-loss", "the driver etcd can't do that")]
    [InlineData("--nodes 1", "--nemesis partition: it takes 2 nodes")]
    [InlineData("--workload register --client careless", "no such clients")]
    public void What_can_not_be_is_refused_by_name(string line, string words)
    {
        FormatException refused = Assert.Throws<FormatException>(() => Parse(line));
        Assert.Contains(words, refused.Message, StringComparison.Ordinal);
    }

    private static TestOptions Parse(string line) => TestOptions.Parse(line.Split(' '));
}
