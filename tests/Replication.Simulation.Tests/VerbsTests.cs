using System.Globalization;

namespace Replication.Simulation.Tests;

/// <summary>What the tool says to lines that mean nothing, and how it exits.</summary>
public sealed class VerbsTests
{
    [Theory]
    [InlineData("run --seeds 0", "--seeds needs a number from 1")]
    [InlineData("run --seeds", "--seeds needs a value")]
    [InlineData("run --seeds 1 --workers -3", "--workers needs a number from 1")]
    [InlineData("run --seeds 1 --minutes 99999999999", "--minutes needs a number from 1")]
    [InlineData("run --seeds 1 --from -1", "--from needs a seed")]
    [InlineData("run --profile --seeds 1", "--profile needs a value")]
    [InlineData("run 5", "'5' means nothing here")]
    [InlineData("replay --seed 1 --nodes 0", "--nodes needs a number from 1")]
    [InlineData("replay --seed 1 --nodes 99", "--nodes needs a number from 1")]
    [InlineData("replay --seed 1 --clients -4", "--clients needs a number from 1")]
    [InlineData("replay --quiet 1", "'1' means nothing here")]
    [InlineData("replay --plan", "--plan needs a value")]
    [InlineData("determinism --seeds 0", "--seeds needs a number from 1")]
    [InlineData("determinism --seeds 1 --compare", "--compare needs a value")]
    [InlineData("find --seeds 0", "--seeds needs a number from 1")]
    [InlineData("seeds", "seeds needs a file")]
    [InlineData("check", "check needs a file")]
    public void A_line_that_means_nothing_runs_nothing(string line, string answer)
    {
        (int exitCode, string output) = Run(line);

        Assert.Equal(2, exitCode);
        Assert.StartsWith(answer, output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("seeds", "swarm 99999999999999999999", "'swarm 99999999999999999999' is not 'profile seed'.")]
    [InlineData("seeds", "# nothing", "0 of 0 seeds failed.")]
    [InlineData("replay --plan", "set Nodes -3", "A run has 1 to 9 nodes")]
    [InlineData("replay --plan", "set Clients 0", "A run has 1 to 9 nodes")]
    public void A_file_that_holds_nothing_to_run_decides_nothing(string verb, string content, string answer)
    {
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, content);

            (int exitCode, string output) = Run($"{verb} {path}");

            Assert.Equal(2, exitCode);
            Assert.StartsWith(answer, output, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void A_directory_is_no_plan() => Assert.Equal(2, Run($"replay --plan {Path.GetTempPath()}").ExitCode);

    [Fact]
    public void What_a_run_throws_is_a_failure_of_its_seed_and_the_others_go_on()
    {
        using StringWriter output = new(CultureInfo.InvariantCulture);
        Campaign campaign = new(new Profile("swarm", seed => throw new InvalidOperationException("broken")), output);

        campaign.Run(7, 2, TimeSpan.FromDays(1), workers: 1);

        Assert.Equal(2, campaign.Totals.Runs);
        Assert.Equal([7ul, 8ul], campaign.Totals.Failures.Select(failure => failure.Seed));
        Assert.Contains("replay --profile swarm --seed 7", output.ToString(), StringComparison.Ordinal);
    }

    private static (int ExitCode, string Output) Run(string line)
    {
        using StringWriter output = new(CultureInfo.InvariantCulture);
        return (Verbs.Run(line.Split(' '), output), output.ToString());
    }
}
