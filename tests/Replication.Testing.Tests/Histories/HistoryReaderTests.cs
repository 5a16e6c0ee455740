using System.Text;
using Replication.Testing.Histories;

namespace Replication.Testing.Tests.Histories;

public sealed class HistoryReaderTests
{
    [Fact]
    public void Every_field_is_read_and_an_unknown_one_is_skipped()
    {
        string[] lines =
        [
            """{"index":3,"type":"invoke","process":7,"f":"cas","key":"k","value":[1,null],"time":9,"node":"n",""",
            """ "level":"l","token":"t","debug":{"a":[1.5]}}""",
            "\n",
            """{"index":5,"type":"ok","process":7,"f":"cas","value":[1,"x"],"time":25,"node":2,"token":"t1",""",
            """ "position":42}""",
        ];
        History history = HistoryText.Read(string.Concat(lines));

        Operation operation = Assert.Single(history.Operations);
        Assert.Equal(3, operation.InvocationIndex);
        Assert.Equal(5, operation.CompletionIndex);
        Assert.Equal(HistoryEventType.Ok, operation.Outcome);
        Assert.Equal(7, operation.Process);
        Assert.Equal("cas", operation.F);
        Assert.Equal("k", operation.Key.Text);
        Assert.Equal(HistoryValue.FromList(1, HistoryValue.Null), operation.Argument);
        Assert.Equal(HistoryValue.FromList(1, HistoryValue.FromText("x")), operation.Result);
        Assert.Equal(9, operation.Invocation.Time);
        Assert.Equal(25, operation.Completion!.Time);
        Assert.Equal("n", operation.Invocation.Node.Text);
        Assert.Equal(2, operation.Completion.Node);
        Assert.Equal("l", operation.Invocation.Level);
        Assert.Equal("t", operation.Invocation.Token.Text);
        Assert.Equal("t1", operation.Completion.Token.Text);
        Assert.Equal(42, operation.Completion.Position);
        Assert.Null(operation.Invocation.Position);
    }

    [Fact]
    public void An_invocation_without_completion_is_of_unknown_outcome_and_never_ends()
    {
        History history = HistoryText.Read("""{"type":"invoke","process":0,"f":"write","value":1}""");

        Operation operation = Assert.Single(history.Operations);
        Assert.Equal(HistoryEventType.Info, operation.Outcome);
        Assert.Equal(long.MaxValue, operation.CompletionIndex);
        Assert.Null(operation.Completion);
    }

    [Fact]
    public void An_operation_of_unknown_outcome_never_ends_even_when_its_client_says_so()
    {
        History history = HistoryText.Of("0 invoke write k 1", "0 info write k 1", "0 invoke read k");

        Assert.Equal(2, history.Operations.Count);
        Assert.Equal(long.MaxValue, history.Operations[0].CompletionIndex);
    }

    [Fact]
    public void Who_is_no_client_is_kept_apart()
    {
        History history = HistoryText.Read(
            """
            {"type":"info","process":"nemesis","f":"start","value":"partition"}
            {"type":"invoke","process":0,"f":"read","value":null}
            {"type":"info","process":"nemesis","f":"start","value":["n1"]}
            """);

        Assert.Single(history.Operations);
        Assert.Equal(["partition", "[\"n1\"]"], history.OtherEvents.Select(e => e.Value.ToString().Trim('"')));
    }

    [Theory]
    [InlineData("{\"type\":\"invoke\",\"process\":0", "Expected")]
    [InlineData("{\"type\":\"begin\",\"process\":0,\"f\":\"read\"}", "\"type\" must be")]
    [InlineData("{\"process\":0,\"f\":\"read\"}", "\"type\" is missing")]
    [InlineData("{\"type\":\"ok\",\"f\":\"read\"}", "\"process\" must be")]
    [InlineData("{\"type\":\"ok\",\"process\":0}", "\"f\" is missing")]
    [InlineData("{\"type\":\"invoke\",\"process\":0,\"f\":\"write\",\"value\":1.5}", "whole")]
    [InlineData("{\"type\":\"invoke\",\"process\":0,\"f\":\"write\",\"value\":{\"a\":1}}", "A value must be")]
    [InlineData("{\"type\":\"invoke\",\"process\":0,\"f\":\"write\"} x", "")]
    [InlineData("[1]", "must be a JSON object")]
    [InlineData("{\"index\":0,\"type\":\"invoke\",\"process\":9,\"f\":\"read\"}", "does not rise")]
    [InlineData("{\"type\":\"ok\",\"process\":5,\"f\":\"read\"}", "nothing under way")]
    [InlineData("{\"type\":\"ok\",\"process\":1,\"f\":\"write\"}", "under way is \"read\"")]
    [InlineData("{\"type\":\"ok\",\"process\":1,\"f\":\"read\",\"key\":\"z\"}", "of key \"z\"")]
    [InlineData("{\"type\":\"invoke\",\"process\":1,\"f\":\"read\"}", "before #0 of it has completed")]
    public void A_malformed_line_is_named(string line, string problem)
    {
        string first = """{"index":0,"type":"invoke","process":1,"f":"read","key":"k"}""";

        HistoryFormatException e = Assert.Throws<HistoryFormatException>(
            () => HistoryText.Read($"{first}\n\n{line}\n"));

        Assert.Equal(3, e.Line);
        Assert.StartsWith("Line 3: ", e.Message, StringComparison.Ordinal);
        Assert.Contains(problem, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Lines_longer_than_the_buffer_and_lines_across_its_edges_are_read_whole()
    {
        string large = new('x', 200_000);
        string lines = string.Join(
            '\n',
            Enumerable.Range(0, 3_000).Select(i =>
                $$"""{"type":"info","process":"p","f":"f","value":[{{i}},"{{(i == 1_500 ? large : "é")}}"]}"""));

        History history = HistoryText.Read("\ufeff" + lines);

        Assert.Equal(3_000, history.OtherEvents.Count);
        Assert.All(history.OtherEvents, (e, i) => Assert.Equal(i, e.Value.Items[0].Number));
        Assert.Equal("é", history.OtherEvents[1].Value.Items[1].Text);
        Assert.Equal(large, history.OtherEvents[1_500].Value.Items[1].Text);
    }

    [Fact]
    public void What_is_written_is_read_back_equal()
    {
        HistoryEvent[] events =
        [
            new()
            {
                Index = 4,
                Type = HistoryEventType.Invoke,
                Process = 1,
                F = "txn",
                Key = HistoryValue.FromText("a \"quoted\" key"),
                Value = HistoryValue.FromList(
                    HistoryValue.FromList(HistoryValue.FromText("r"), 1, HistoryValue.Null),
                    HistoryValue.FromBoolean(true),
                    HistoryValue.FromText("")),
                Time = 5,
                Node = HistoryValue.FromText("n1"),
                Level = "session",
                Token = 17,
                Position = 8,
                Error = "slow",
            },
            new() { Index = 9, Type = HistoryEventType.Fail, Process = 1, F = "txn", Value = long.MinValue },
            new() { Index = 10, Type = HistoryEventType.Ok, Process = HistoryValue.FromText("nemesis"), F = "heal" },
            new() { Index = 11, Type = HistoryEventType.Info, Process = HistoryValue.FromText("n"), F = "line\nfeed" },
        ];

        using MemoryStream stream = new();
        using (HistoryWriter writer = new(stream))
        {
            foreach (HistoryEvent e in events)
            {
                writer.Write(e);
            }
        }

        Assert.Equal(events.Length, Encoding.UTF8.GetString(stream.ToArray()).Count(c => c == '\n'));
        stream.Position = 0;
        Assert.Equal(events, HistoryReader.ReadEvents(stream));
    }
}
