import java.io.File;
import java.util.List;
import org.apache.maven.model.Model;
import org.apache.maven.model.building.DefaultModelBuilderFactory;
import org.apache.maven.model.building.ModelBuilder;
import org.apache.maven.model.building.ModelBuildingRequest;
import org.apache.maven.model.building.ModelProblemCollector;
import org.apache.maven.model.interpolation.ModelInterpolator;
import org.apache.maven.model.interpolation.StringVisitorModelInterpolator;
import org.codehaus.plexus.interpolation.ValueSource;

/** Puts values in the place of ${...}, as Maven does, and gives up where a few lines would become more than memory holds. */
final class BoundedInterpolator extends StringVisitorModelInterpolator {
    /** What is asked for and what is answered in one pom.xml, in characters; a list of 6,000 managed libraries takes 18,000. */
    private static final long LIMIT = 1_000_000;

    /** The limit is passed; the message is for the learner. */
    static final class TooMuch extends RuntimeException {
        TooMuch(String expression) {
            super("properties name each other so often that ${" + expression + "} cannot be worked out; write values out");
        }
    }

    /** Returns Maven's reader of a pom.xml with this bound. */
    static ModelBuilder reader() {
        return new DefaultModelBuilderFactory() {
            @Override
            protected ModelInterpolator newModelInterpolator() {
                return new BoundedInterpolator().setPathTranslator(newPathTranslator()).setUrlNormalizer(newUrlNormalizer())
                    .setVersionPropertiesProcessor(newModelVersionPropertiesProcessor());
            }
        }.newInstance();
    }

    @Override
    protected List<ValueSource> createValueSources(
            Model model, File folder, ModelBuildingRequest request, ModelProblemCollector problems) {
        var budget = new Budget();
        return super.createValueSources(model, folder, request, problems).stream()
            .map(source -> (ValueSource) new Counted(source, budget)).toList();
    }

    private static final class Budget {
        private long spent;

        void spend(String expression, Object value) {
            spent += expression.length() + (value == null ? 0 : value.toString().length());
            if (spent > LIMIT) throw new TooMuch(expression);
        }
    }

    private record Counted(ValueSource source, Budget budget) implements ValueSource {
        @Override
        public Object getValue(String expression) {
            var value = source.getValue(expression);
            budget.spend(expression, value);
            return value;
        }

        @Override
        @SuppressWarnings("rawtypes") // so it is declared
        public List getFeedback() {
            return source.getFeedback();
        }

        @Override
        public void clearFeedback() {
            source.clearFeedback();
        }
    }
}
