namespace Replication.Architecture.Tests.Sources;

public sealed class MethodLengthsTests
{
    private const string Source = """
        namespace A.B;

        // A brace in a comment { does not count, nor "this {".
        internal sealed class Some<T> : IDisposable
        {
            private readonly string _text = $"{{ {Name("}")} }" + '{';

            public int Value
            {
                get { return 1; }
            }

            public Some(int a)
                : base(a)
            {
                if (a > 0)
                {
                    return;
                }
            }

            private static T Longer<T>(
                int a,
                string b) where T : struct
            {
                string s = @"c:\"; { }
                return default;
            }

            private struct Inner
            {
                public void One() { }
            }
        }
        """;

    [Fact]
    public void Members_are_found_with_their_lines()
    {
        Assert.Equal(
            [("Value", 4), ("Some", 8), ("Longer", 7), ("One", 1)],
            MethodLengths.Of(Source));
    }

    [Fact]
    public void Comments_and_strings_are_blanked_and_the_code_inside_interpolated_strings_is_kept()
    {
        string blanked = CodeText.Blanked("a(\"x\"); // y\nb($\"{c(\"z\")} w\"); /* v\nu */ d('\\'');");

        Assert.Equal("a(   );     \nb(   c(   )    );     \n     d(    );", blanked);
    }
}
