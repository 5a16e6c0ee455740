using Replication.Architecture.Tests.Sources;

namespace Replication.Architecture.Tests.Docs;

/// <summary>What the page on testing says of the size of its sample.</summary>
public sealed class SampleSizeTests
{
    private const int LinesMax = 50;

    [Fact]
    public void A_state_machine_comes_under_the_simulator_in_less_than_50_lines()
    {
        int lines = Lines(Repository.Read("samples/SimulatedStateMachine/TallyWorkload.cs"))
            + Lines(Repository.Read("samples/SimulatedStateMachine/Program.cs"));

        Assert.InRange(lines, 1, LinesMax - 1);
    }

    [Fact]
    public void Lines_are_counted_without_blank_ones_and_comments() =>
        Assert.Equal(2, Lines("// a\n\nint b;\n/// <summary>c</summary>\n{\n"));

    private static int Lines(string text) => CodeText.Blanked(text).Split('\n').Count(line => line.Trim().Length > 0);
}
