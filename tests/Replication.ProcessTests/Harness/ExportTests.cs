using Harness.Histories;
using Replication.Testing.Histories;

namespace Replication.ProcessTests.Harness;

public sealed class ExportTests
{
    private static readonly History Small = new HistoryOf()
        .Invoke(1, "txn", "", HistoryValue.Parse("""[["append",1,2],["r",1,null]]"""), at: 1)
        .Ok(1, "txn", "", HistoryValue.Parse("""[["append",1,2],["r",1,[2]]]"""), at: 2)
        .Invoke(2, "write", "x", 3, at: 3).Fail(2, "write", "x", at: 4)
        .Invoke(3, "write", "x", 4, at: 5).ToHistory();

    [Fact]
    public void Elle_gets_a_map_for_each_event()
    {
        string[] lines = Lines(ElleFormat.Write);
        Assert.Equal(5, lines.Length);
        Assert.Equal(
            "{:index 1, :time 2000000, :type :ok, :process 1, :f :txn, :key \"\", "
            + ":value [[:append 1 2] [:r 1 [2]]]}",
            lines[1]);
    }

    [Fact]
    public void Porcupine_gets_what_may_have_happened()
    {
        string[] lines = Lines(PorcupineFormat.Write);
        Assert.Equal(2, lines.Length);
        Assert.Equal(
            "{\"ClientId\":3,\"Input\":{\"f\":\"write\",\"key\":\"x\",\"argument\":4},\"Call\":4,"
            + "\"Output\":{\"isKnown\":false,\"value\":null},\"Return\":9223372036854775807}",
            lines[1]);
    }

    private static string[] Lines(Action<History, TextWriter> write)
    {
        using StringWriter output = new();
        write(Small, output);
        return output.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
    }
}
