namespace Replication.CrashImages.Subjects;

/// <summary>The state must be that after one of the operations, none earlier than the last acknowledged.</summary>
/// <param name="States">The states after each operation, the first one first.</param>
/// <param name="Acknowledged">Which of them is certain.</param>
internal sealed record StateExpectation(string[] States, int Acknowledged) : Expectation
{
    public override Violation? Judge(IReadOnlyList<string> content, Expectation next)
    {
        string[] states = ((StateExpectation)next).States;
        int found = Array.LastIndexOf(states, content[0]);
        return found < 0
            ? new Violation(ViolationKind.Invented, $"there never was a state {content[0]}")
            : found < Acknowledged
                ? new Violation(ViolationKind.Lost, $"{content[0]} is older than {states[Acknowledged]}")
                : null;
    }

    public override string KeyWith(Expectation next) =>
        $"{Acknowledged} {string.Join(' ', ((StateExpectation)next).States)}";
}
